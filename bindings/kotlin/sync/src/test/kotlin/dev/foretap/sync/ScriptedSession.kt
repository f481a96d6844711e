package dev.foretap.sync

import java.io.ByteArrayOutputStream
import java.util.Collections

/** A session that asks for [script], step by step, and writes down what it is told. */
internal class ScriptedSession(vararg script: SyncStep, private val wanted: Int = Int.MAX_VALUE) : SyncSession {
    private val steps = ArrayDeque(script.toList())
    private val body = ByteArrayOutputStream()

    /** What was told, in order; chunks that follow one another are one entry. */
    val told: MutableList<String> = Collections.synchronizedList(mutableListOf())

    val bytes: ByteArray get() = body.toByteArray()

    val chunks = mutableListOf<Int>()

    override suspend fun next(): SyncStep = steps.removeFirst()

    override fun received(chunk: ByteArray): Boolean {
        if (told.lastOrNull() != "received") told += "received"
        chunks += chunk.size
        body.write(chunk)
        return body.size() < wanted
    }

    override fun fetched() {
        told += "fetched"
    }

    override fun posted(reply: PostReply) {
        told += reply.name
    }

    override fun failed(failure: TransportFailure) {
        told += failure.reason.code
    }

    override fun close() {
        told += "closed"
    }
}

internal fun fetch(path: String = "timestamp", offset: Long = 0, maxBytes: Long = 1_000): SyncStep.Fetch =
    SyncStep.Fetch(SyncPath(path), offset, maxBytes)

internal fun post(
    path: String = "batches",
    body: ByteArray = byteArrayOf(1),
    id: String = "0".repeat(32),
): SyncStep.Post = SyncStep.Post(SyncPath(path), body, BatchId(id))

internal fun done(outcome: SyncOutcome = SyncOutcome.Synced(modelChanged = true)): SyncStep.Done =
    SyncStep.Done(outcome)
