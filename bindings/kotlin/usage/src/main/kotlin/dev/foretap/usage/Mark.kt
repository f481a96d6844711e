package dev.foretap.usage

import kotlin.math.abs

/**
 * How far the phone's usage log was read. It names no app.
 *
 * @property fromMs where reading goes on, in UTC epoch milliseconds; `null` if nothing was read yet.
 * @property launches what the host itself opened and recorded, so that it is not counted again when the log tells it;
 * as long as the log can.
 * @property bootMs see [PhoneClock.bootMs], when this was written.
 * @property boot see [PhoneClock.boot], likewise.
 */
internal data class Mark(
    val fromMs: Long? = null,
    val launches: List<OwnLaunch> = emptyList(),
    val bootMs: Long = 0,
    val boot: Int = -1,
) {
    /**
     * The same on the clock as it is now. Where somebody set it, the system moves its log by as much as the clock; of
     * what would be in the future then, the log says nothing any more.
     */
    fun on(clock: PhoneClock): Mark {
        val movedMs = clock.bootMs - bootMs
        val isSet = clock.boot == boot && abs(movedMs) > SET_MS
        val shiftMs = if (isSet) movedMs else 0
        return Mark(
            fromMs?.plus(shiftMs)?.coerceIn(0, maxOf(clock.nowMs, 0)),
            launches.map { it.movedBy(shiftMs) }.filter { clock.nowMs - it.atMs in -SET_MS..UsageCollector.KEPT_MS },
            clock.bootMs,
            clock.boot,
        )
    }

    /** With another launch of the host's. The oldest are forgotten first. */
    fun withLaunch(atMs: Long): Mark = copy(launches = (launches + OwnLaunch(atMs)).takeLast(MAX_LAUNCHES))

    companion object {
        /** The system moves its log when the clock is set by more than this, as it is now and then by a little. */
        const val SET_MS = 2_000L

        /** Some 10 days of 400 launches. */
        const val MAX_LAUNCHES = 4_096
    }
}
