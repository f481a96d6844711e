package dev.foretap.sync

/** Asks a session for its steps and carries them out, one after the other. */
internal class SyncRun(private val session: SyncSession, private val transport: HttpsTransport) {
    /** Runs to the end, or for [MAX_STEPS] steps. */
    suspend fun outcome(): SyncOutcome {
        repeat(MAX_STEPS) {
            when (val step = session.next()) {
                is SyncStep.Fetch -> fetch(step)
                is SyncStep.Post -> post(step)
                is SyncStep.Done -> return step.outcome
            }
        }
        return SyncOutcome.Refused(SyncReason.TOO_MANY_STEPS)
    }

    private suspend fun fetch(step: SyncStep.Fetch) {
        when (val fetched = transport.fetch(step, session::received)) {
            is Fetched.Whole -> session.fetched()
            is Fetched.Stopped -> Unit
            is Fetched.Failed -> session.failed(fetched.failure)
        }
    }

    private suspend fun post(step: SyncStep.Post) {
        when (val posted = transport.post(step)) {
            is Posted.Answered -> session.posted(posted.reply)
            is Posted.Failed -> session.failed(posted.failure)
        }
    }

    internal companion object {
        /** 64 roots, a timestamp, a release, a dozen deltas and a fortnight of batches fit in. */
        const val MAX_STEPS = 512
    }
}
