package dev.foretap.unlock


/**
 * How long unlocks took, mark by mark. Kept in memory, the newest [CAPACITY] of them; numbers only. May be used from any
 * thread.
 */
public class UnlockLatency internal constructor() {
    private val kept = ArrayDeque<UnlockTimes>()

    /** The unlocks, the oldest first. */
    public val unlocks: List<UnlockTimes> get() = synchronized(kept) { kept.toList() }

    /** The quantile of a mark, in nanoseconds; [share] is 0 to 1. `null` where no unlock reached it. */
    public fun quantileNs(mark: UnlockMark, share: Double): Long? {
        val sorted = unlocks.mapNotNull { it[mark] }.sorted()
        return sorted.getOrNull((share * sorted.lastIndex).toInt().coerceIn(0, maxOf(sorted.lastIndex, 0)))
    }

    /** The share of unlocks that reached a mark within its budget, of those that reached it; `null` where none did. */
    public fun withinBudget(mark: UnlockMark): Double? {
        val verdicts = unlocks.mapNotNull { it.isWithinBudget(mark) }
        return if (verdicts.isEmpty()) null else verdicts.count { it }.toDouble() / verdicts.size
    }

    internal fun add(times: UnlockTimes): Unit = synchronized(kept) {
        if (kept.size == CAPACITY) kept.removeFirst()
        kept.addLast(times)
    }

    public companion object {
        /** How many unlocks are kept. */
        public const val CAPACITY: Int = 256
    }
}
