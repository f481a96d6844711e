package dev.foretap.internal

import dev.foretap.Absence
import dev.foretap.ForetapException
import dev.foretap.ModelSync
import dev.foretap.ModelSyncReport
import dev.foretap.WallClock
import dev.foretap.WantedFile
import dev.foretap.internal.ffi.SyncRun
import dev.foretap.internal.ffi.SyncTask
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext

/** A run of the engine. It takes no turn among the calls of its `Foretap`, which a rehearsal would hold up. */
internal class NativeModelSync(private val run: SyncRun, private val clock: WallClock) : ModelSync {
    override fun next(): WantedFile? = when (val task = typed { run.task() }) {
        is SyncTask.Fetch -> WantedFile(task.path, task.maxBytes.toLong())
        SyncTask.Finish -> null
    }

    override fun received(chunk: ByteArray): Boolean = typed { run.received(chunk) }

    override fun completed(): Unit = typed { run.completed() }

    override fun absent(absence: Absence): Unit = typed { run.absent(isMissing = absence == Absence.MISSING) }

    override suspend fun finish(): ModelSyncReport = withContext(Dispatchers.IO) {
        val now = clock.now().native()
        typed { run.finish(now).public() }
    }

    override fun close() {
        try {
            typed { run.cancel() }
        } catch (_: ForetapException.Closed) {
            // The log was closed or erased: there is nowhere to keep anything.
        }
    }
}
