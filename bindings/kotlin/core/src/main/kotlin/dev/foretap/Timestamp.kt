package dev.foretap


import java.time.Instant
import java.time.ZoneId

/**
 * A moment, and what the local clock showed then.
 *
 * @property epochMs UTC epoch milliseconds, up to the end of the year 9999.
 * @property utcOffsetMinutes minutes that the local clock is ahead of UTC, -1080 to 1080.
 */
public data class Timestamp(val epochMs: Long, val utcOffsetMinutes: Int) {
    /** The same local clock, this many milliseconds later. */
    public fun plusMs(ms: Long): Timestamp = copy(epochMs = epochMs + ms)

    public companion object {
        private const val SECONDS_PER_MINUTE = 60

        /** The moment of this many UTC epoch milliseconds on a clock of [zone]. */
        public fun ofEpochMs(epochMs: Long, zone: ZoneId = ZoneId.systemDefault()): Timestamp {
            val offset = zone.rules.getOffset(Instant.ofEpochMilli(epochMs))
            return Timestamp(epochMs, offset.totalSeconds / SECONDS_PER_MINUTE)
        }
    }
}
