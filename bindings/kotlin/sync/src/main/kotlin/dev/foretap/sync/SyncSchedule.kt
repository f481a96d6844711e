package dev.foretap.sync

import android.content.Context
import androidx.work.BackoffPolicy
import androidx.work.Constraints
import androidx.work.Data
import androidx.work.ExistingPeriodicWorkPolicy
import androidx.work.ExistingWorkPolicy
import androidx.work.OneTimeWorkRequest
import androidx.work.Operation
import androidx.work.PeriodicWorkRequest
import androidx.work.WorkManager
import androidx.work.WorkRequest
import java.util.concurrent.TimeUnit
import kotlin.time.Duration
import kotlin.time.Duration.Companion.days
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.minutes

/**
 * When to synchronise. Nothing is scheduled, and WorkManager is not touched, before [enable] or [runNow] is called.
 *
 * @property period how often, [SHORTEST_PERIOD] to [LONGEST_PERIOD]. What a model update is signed by expires after a
 * week.
 * @property flex how long before the end of each period a run may begin, [SHORTEST_FLEX] to [period].
 * @property network over which network.
 * @property power in which state of the battery.
 * @property backOff the pause after a failed attempt, [SHORTEST_BACK_OFF] to [LONGEST_BACK_OFF]; it doubles each time.
 * @property attempts how many attempts a period has, 1 to [MAX_ATTEMPTS].
 * @throws IllegalArgumentException for a value outside its limits.
 */
public class SyncSchedule(
    public val period: Duration = 24.hours,
    public val flex: Duration = 6.hours,
    public val network: SyncNetwork = SyncNetwork.UNMETERED,
    public val power: SyncPower = SyncPower.BATTERY_NOT_LOW,
    public val backOff: Duration = 15.minutes,
    public val attempts: Int = 5,
) {
    init {
        require(period in SHORTEST_PERIOD..LONGEST_PERIOD) { "period must be $SHORTEST_PERIOD to $LONGEST_PERIOD" }
        require(flex in SHORTEST_FLEX..period) { "flex must be $SHORTEST_FLEX to the period" }
        require(backOff in SHORTEST_BACK_OFF..LONGEST_BACK_OFF) {
            "backOff must be $SHORTEST_BACK_OFF to $LONGEST_BACK_OFF"
        }
        require(attempts in 1..MAX_ATTEMPTS) { "attempts must be 1 to $MAX_ATTEMPTS" }
    }

    /**
     * Synchronises from now on, across restarts of the phone. Calling it at each start of the app is right: the same
     * schedule changes nothing, another one takes the place of the old without losing its turn.
     */
    public fun enable(context: Context): Operation = WorkManager
        .getInstance(context)
        .enqueueUniquePeriodicWork(PERIODIC, ExistingPeriodicWorkPolicy.UPDATE, periodic())

    /**
     * Synchronises once, as soon as there is a [network], whatever the battery: for a person who asks for it. While
     * such a run is waiting or running, another call changes nothing.
     */
    public fun runNow(context: Context): Operation =
        WorkManager.getInstance(context).enqueueUniqueWork(ONCE, ExistingWorkPolicy.KEEP, once())

    internal fun periodic(): PeriodicWorkRequest = PeriodicWorkRequest
        .Builder(
            SyncWorker::class.java,
            period.inWholeMilliseconds,
            TimeUnit.MILLISECONDS,
            flex.inWholeMilliseconds,
            TimeUnit.MILLISECONDS,
        ).retried()
        .setConstraints(
            power.require(network.require(Constraints.Builder())).setRequiresStorageNotLow(true).build(),
        ).build()

    internal fun once(): OneTimeWorkRequest = OneTimeWorkRequest
        .Builder(SyncWorker::class.java)
        .retried()
        .setConstraints(network.require(Constraints.Builder()).build())
        .build()

    private fun <B : WorkRequest.Builder<B, *>> B.retried(): B =
        setBackoffCriteria(BackoffPolicy.EXPONENTIAL, backOff.inWholeMilliseconds, TimeUnit.MILLISECONDS)
            .setInputData(
                Data
                    .Builder()
                    .putInt(ATTEMPTS, attempts)
                    .putLong(BACK_OFF_MS, backOff.inWholeMilliseconds)
                    .build(),
            )

    public companion object {
        /** Shortest [period]: an hour. */
        public val SHORTEST_PERIOD: Duration = 1.hours

        /** Longest [period]: a week. */
        public val LONGEST_PERIOD: Duration = 7.days

        /** Shortest [flex]: WorkManager's own, five minutes. */
        public val SHORTEST_FLEX: Duration = 5.minutes

        /** Shortest [backOff]: a minute. */
        public val SHORTEST_BACK_OFF: Duration = 1.minutes

        /** Longest [backOff]: WorkManager's own, five hours. */
        public val LONGEST_BACK_OFF: Duration = 5.hours

        /** Most [attempts]. */
        public const val MAX_ATTEMPTS: Int = 10

        /** Under which name WorkManager holds the periodic run. */
        public const val PERIODIC: String = "dev.foretap.sync"

        /** Under which name WorkManager holds the run of [runNow]. */
        public const val ONCE: String = "dev.foretap.sync.once"

        /** Ends all of it: what waits is dropped, what runs is stopped. */
        public fun disable(context: Context): Operation {
            val work = WorkManager.getInstance(context)
            work.cancelUniqueWork(ONCE)
            return work.cancelUniqueWork(PERIODIC)
        }

        internal fun retryPolicy(input: Data): RetryPolicy {
            val defaults = SyncSchedule()
            val backOff = input.getLong(BACK_OFF_MS, defaults.backOff.inWholeMilliseconds).milliseconds
            return RetryPolicy(input.getInt(ATTEMPTS, defaults.attempts), backOff)
        }

        private const val ATTEMPTS = "attempts"
        private const val BACK_OFF_MS = "back_off_ms"
    }
}
