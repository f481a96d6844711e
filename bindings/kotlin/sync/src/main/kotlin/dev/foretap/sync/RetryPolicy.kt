package dev.foretap.sync

import kotlin.time.Duration

/**
 * Whether a run that was postponed is tried again within its period.
 *
 * @property attempts how many runs there are in all before the next period.
 * @property backOff the pause after the first attempt; it doubles after each, up to [SyncSchedule.LONGEST_BACK_OFF].
 */
internal class RetryPolicy(private val attempts: Int, private val backOff: Duration) {
    /**
     * Whether to try again after [outcome].
     *
     * WorkManager's pause cannot be stretched for one run, so a server that asks for more than it is not asked again
     * in this period.
     *
     * @param made how many attempts were made, this one included.
     */
    fun triesAgain(outcome: SyncOutcome.Postponed, made: Int): Boolean =
        made < attempts && pause(made) >= (outcome.retryAfter ?: Duration.ZERO)

    private fun pause(made: Int): Duration =
        (1 until made).fold(backOff) { pause, _ -> (pause * 2).coerceAtMost(SyncSchedule.LONGEST_BACK_OFF) }
}
