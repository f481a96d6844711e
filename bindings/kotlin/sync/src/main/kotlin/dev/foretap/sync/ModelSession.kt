package dev.foretap.sync

import dev.foretap.Absence
import dev.foretap.ForetapException
import dev.foretap.ModelSync
import dev.foretap.ModelSyncEnding
import java.net.HttpURLConnection.HTTP_NOT_FOUND

/** One run of model sync: what the engine wants, in steps. */
internal class ModelSession(private val begin: suspend () -> ModelSync) : SyncSession {
    private var sync: ModelSync? = null

    /** The file that was asked for last, and why it did not come. */
    private var path: String? = null
    private var failure: TransportFailure? = null

    override suspend fun next(): SyncStep = try {
        val sync = sync ?: begin().also { sync = it }
        val file = sync.next()
        if (file == null) {
            SyncStep.Done(outcome(sync))
        } else {
            path = file.path
            failure = null
            SyncStep.Fetch(SyncPath(file.path), offset = 0, maxBytes = file.maxBytes)
        }
    } catch (exception: ForetapException) {
        SyncStep.Done(ModelSessions.outcomeOf(exception))
    }

    override fun received(chunk: ByteArray): Boolean = running().received(chunk)

    override fun fetched(): Unit = running().completed()

    override fun posted(reply: PostReply): Unit = error("nothing is sent")

    override fun failed(failure: TransportFailure) {
        this.failure = failure
        running().absent(if (failure == MISSING) Absence.MISSING else Absence.UNREACHABLE)
    }

    override fun close() {
        try {
            sync?.close()
        } catch (_: ForetapException) {
            // What was fetched could not be kept: the next run fetches it again.
        }
    }

    private fun running(): ModelSync = checkNotNull(sync) { "no step was asked for" }

    private suspend fun outcome(sync: ModelSync): SyncOutcome {
        val report = sync.finish()
        return when (report.ending) {
            ModelSyncEnding.UNREACHABLE -> failure?.let(::outcomeOf) ?: SyncOutcome.Postponed(SyncReason.NETWORK)
            ModelSyncEnding.REFUSED -> SyncOutcome.Refused(refused())
            else -> SyncOutcome.Synced(report.modelChanged)
        }
    }

    /** A file that is named and not there yet may be on its way: servers lag behind their publisher. */
    private fun outcomeOf(failure: TransportFailure): SyncOutcome =
        if (failure == MISSING) SyncOutcome.Postponed(failure.reason) else failure.outcome()

    /** What is refused is the file that was asked for last, or one that counts no longer since that has come. */
    private fun refused(): SyncReason = when (path?.substringBefore('/')) {
        "root" -> ModelSessions.REFUSED_ROOT
        "timestamp" -> ModelSessions.REFUSED_TIMESTAMP
        "release" -> ModelSessions.REFUSED_RELEASE
        else -> ModelSessions.REFUSED_MODEL
    }

    private companion object {
        val MISSING = TransportFailure.Status(HTTP_NOT_FOUND)
    }
}
