package dev.foretap.sync

import dev.foretap.Absence
import dev.foretap.ModelSync
import dev.foretap.ModelSyncReport
import dev.foretap.WantedFile

/** A run that wants the files of [paths], one after the other, and ends as [finish] says. */
internal class ScriptedModelSync(vararg paths: String, private val finish: () -> ModelSyncReport) : ModelSync {
    private val left = ArrayDeque(paths.toList())

    /** What was told, in order. */
    val told = mutableListOf<String>()

    /** What closing ends with. */
    var closing: () -> Unit = {}

    override fun next(): WantedFile? = left.removeFirstOrNull()?.let { WantedFile(it, MAX_BYTES) }

    override fun received(chunk: ByteArray): Boolean {
        told += "received ${chunk.size}"
        return chunk.size <= MAX_BYTES
    }

    override fun completed() {
        told += "completed"
    }

    override fun absent(absence: Absence) {
        told += absence.name
    }

    override suspend fun finish(): ModelSyncReport = finish.invoke().also { told += "finished" }

    override fun close() {
        told += "closed"
        closing()
    }

    companion object {
        const val MAX_BYTES = 1_000L
    }
}
