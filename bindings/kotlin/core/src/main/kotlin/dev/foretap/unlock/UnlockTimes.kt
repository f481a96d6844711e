package dev.foretap.unlock


import java.util.Collections
import java.util.EnumMap
import java.util.concurrent.TimeUnit

/** When each [UnlockMark] of one unlock was reached. May be used from any thread. */
public class UnlockTimes internal constructor(private val beganNs: Long, private val ticksNs: () -> Long) {
    private val reached = Collections.synchronizedMap(EnumMap<UnlockMark, Long>(UnlockMark::class.java))

    /** Nanoseconds from the unlock to the mark; `null` if it was not reached yet. */
    public operator fun get(mark: UnlockMark): Long? = reached[mark]

    /** Whether the mark was reached within its budget, to the millisecond; `null` if it was not reached yet. */
    public fun isWithinBudget(mark: UnlockMark): Boolean? =
        get(mark)?.let { TimeUnit.NANOSECONDS.toMillis(it) <= mark.budgetMs }

    /** The first time counts. */
    internal fun reach(mark: UnlockMark) {
        val now = ticksNs() - beganNs
        synchronized(reached) { if (mark !in reached) reached[mark] = now }
    }
}
