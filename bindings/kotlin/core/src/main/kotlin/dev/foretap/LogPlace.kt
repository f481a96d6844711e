package dev.foretap

import android.content.Context
import java.io.File

/** Where an app's log lies, with what the other modules keep beside it, and who keeps its keys: out of backups. */
internal class LogPlace private constructor(val folder: File) {
    val log = File(folder, "log.db")
    val keys = KeystoreKeys(File(folder, "log.keys"), "dev.foretap.log")

    companion object {
        /** What an erasure leaves for the next log, which has a server erase what it was sent. */
        private const val ERASURES = "log.db.erasures"

        fun of(context: Context) = LogPlace(File(context.noBackupFilesDir, "foretap"))

        /** Removes a folder that is this library's alone, but for what the next log there is to know. */
        fun clear(folder: File) {
            folder.listFiles { file -> file.name != ERASURES }.orEmpty().forEach { it.deleteRecursively() }
            folder.delete()
        }

        /** Whether [clear] could remove all of it. */
        fun isClear(folder: File) = folder.list().orEmpty().all { it == ERASURES }
    }
}
