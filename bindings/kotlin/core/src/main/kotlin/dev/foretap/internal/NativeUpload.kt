package dev.foretap.internal

import dev.foretap.ForetapException
import dev.foretap.Upload
import dev.foretap.UploadReport
import dev.foretap.WantedPost
import dev.foretap.internal.ffi.UploadReply
import dev.foretap.internal.ffi.UploadRun
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext

/** A run of the engine. */
internal class NativeUpload(private val run: UploadRun) : Upload {
    override fun next(): WantedPost? = typed { run.post()?.public() }

    override fun taken(): Unit = typed { run.answered(UploadReply.TAKEN) }

    override fun refused(): Unit = typed { run.answered(UploadReply.REFUSED) }

    override fun failed(): Unit = typed { run.failed() }

    override suspend fun finish(): UploadReport = withContext(Dispatchers.IO) { typed { run.end().public() } }

    override fun close() {
        try {
            typed { run.end() }
        } catch (_: ForetapException.Closed) {
            // It was ended, or the log was closed or erased: there is nothing to keep.
        }
    }
}
