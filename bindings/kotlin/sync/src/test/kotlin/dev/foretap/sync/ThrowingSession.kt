package dev.foretap.sync

/** A session that breaks at its first question. */
internal class ThrowingSession : SyncSession {
    var closed = 0

    override suspend fun next(): SyncStep = error("canary")

    override fun received(chunk: ByteArray): Boolean = error("canary")

    override fun fetched(): Unit = error("canary")

    override fun posted(reply: PostReply): Unit = error("canary")

    override fun failed(failure: TransportFailure): Unit = error("canary")

    override fun close() {
        closed += 1
    }
}
