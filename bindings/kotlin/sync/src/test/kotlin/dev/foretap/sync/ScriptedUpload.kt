package dev.foretap.sync

import dev.foretap.Upload
import dev.foretap.UploadReport
import dev.foretap.WantedPost

/** A run that sends something to each of [paths], ends as [finish] says, and writes down what it is told. */
internal class ScriptedUpload(vararg paths: String, private val finish: () -> UploadReport) : Upload {
    private val left = ArrayDeque(paths.toList())

    val told = mutableListOf<String>()

    /** What closing throws, if anything. */
    var closing: () -> Unit = {}

    override fun next(): WantedPost? = left.removeFirstOrNull()?.let { WantedPost(it, ID, byteArrayOf(1, 2)) }

    override fun taken() {
        told += "taken"
    }

    override fun refused() {
        told += "refused"
    }

    override fun failed() {
        told += "failed"
    }

    override suspend fun finish(): UploadReport = finish.invoke().also { told += "finished" }

    override fun close() {
        told += "closed"
        closing()
    }

    companion object {
        const val ID = "0123456789abcdef0123456789abcdef"
    }
}
