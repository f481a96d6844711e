package dev.foretap.sync

import dev.foretap.ForetapException
import dev.foretap.Upload

/** One run of uploads: what the engine wants sent, in steps. */
internal class UploadSession(private val begin: suspend () -> Upload) : SyncSession {
    private var upload: Upload? = null

    /** Why the run was over before all was sent. */
    private var failure: TransportFailure? = null

    override suspend fun next(): SyncStep = try {
        val upload = upload ?: begin().also { upload = it }
        val post = upload.next()
        if (post == null) {
            SyncStep.Done(outcome(upload))
        } else {
            SyncStep.Post(SyncPath(post.path), post.body, BatchId(post.id))
        }
    } catch (exception: ForetapException) {
        SyncStep.Done(ModelSessions.outcomeOf(exception))
    }

    override fun received(chunk: ByteArray): Boolean = error("nothing is fetched")

    override fun fetched(): Unit = error("nothing is fetched")

    override fun posted(reply: PostReply): Unit = when (reply) {
        PostReply.ACCEPTED, PostReply.ALREADY_ACCEPTED -> running().taken()
        PostReply.CONFLICT -> running().refused()
    }

    override fun failed(failure: TransportFailure) {
        this.failure = failure
        running().failed()
    }

    override fun close() {
        try {
            upload?.close()
        } catch (_: ForetapException) {
            // What was sent could not be noted: the next run sends it again, and the server keeps it once.
        }
    }

    private fun running(): Upload = checkNotNull(upload) { "no step was asked for" }

    private suspend fun outcome(upload: Upload): SyncOutcome {
        val report = upload.finish()
        if (report.left == 0) return SyncOutcome.Synced(modelChanged = false)
        // Without a failure the server has answered to all of it, and would not erase.
        return failure?.outcome() ?: SyncOutcome.Refused(SyncReason.STATUS)
    }
}
