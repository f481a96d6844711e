package dev.foretap.sync

import android.content.Context
import androidx.work.CoroutineWorker
import androidx.work.Data
import androidx.work.WorkerParameters
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock

/**
 * One run, started by WorkManager. The host's `Application` must be a [SyncProvider].
 *
 * A run that is not [SyncOutcome.Synced] leaves the code of its [SyncReason] under [REASON] in the output; nothing
 * else leaves it, and no exception does.
 */
public class SyncWorker(context: Context, parameters: WorkerParameters) : CoroutineWorker(context, parameters) {
    /** Opens the host's session and carries its steps out; a second run waits for the first. */
    override suspend fun doWork(): Result = running.withLock {
        when (val outcome = outcome()) {
            is SyncOutcome.Synced -> {
                Result.success(changed(outcome))
            }

            is SyncOutcome.Postponed -> {
                if (triesAgain(
                        outcome,
                    )
                ) {
                    Result.retry()
                } else {
                    Result.failure(output(outcome.reason))
                }
            }

            is SyncOutcome.Refused -> {
                Result.failure(output(outcome.reason))
            }
        }
    }

    private suspend fun outcome(): SyncOutcome = guarded {
        val setups = (applicationContext as? SyncProvider)?.sync?.all?.toList()
        // Each whatever became of those before.
        val outcomes = setups?.map { guarded { run(it).also(it.listener::ended) } }
        outcomes?.together() ?: SyncOutcome.Refused(SyncReason.NO_PROVIDER)
    }

    /** WorkManager writes exceptions to the log with their messages, so none gets there. */
    @Suppress("TooGenericExceptionCaught")
    private suspend fun guarded(work: suspend () -> SyncOutcome): SyncOutcome = try {
        work()
    } catch (_: Exception) {
        // Ends here where the run was cancelled.
        currentCoroutineContext().ensureActive()
        SyncOutcome.Refused(SyncReason.SESSION_ERROR)
    }

    private suspend fun run(setup: SyncSetup): SyncOutcome = HttpsTransport(setup.server).use { transport ->
        setup.sessions.open().use { session -> SyncRun(session, transport).outcome() }
    }

    private fun triesAgain(outcome: SyncOutcome.Postponed): Boolean =
        SyncSchedule.retryPolicy(inputData).triesAgain(outcome, made = runAttemptCount + 1)

    public companion object {
        /** Key of the output: why the run failed, a [SyncReason.code]. */
        public const val REASON: String = "reason"

        /** Key of the output: whether the phone holds another model than before. */
        public const val MODEL_CHANGED: String = "model_changed"

        /** Sessions work on one phone's one log: one at a time. */
        private val running = Mutex()

        private fun output(reason: SyncReason): Data = Data.Builder().putString(REASON, reason.code).build()

        private fun changed(outcome: SyncOutcome.Synced): Data =
            Data.Builder().putBoolean(MODEL_CHANGED, outcome.modelChanged).build()
    }
}
