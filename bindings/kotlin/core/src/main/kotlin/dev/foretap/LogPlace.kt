package dev.foretap

import android.content.Context
import java.io.File

/** Where an app's log lies, with what the other modules keep beside it, and who keeps its keys: out of backups. */
internal class LogPlace private constructor(val folder: File) {
    val log = File(folder, "log.db")
    val keys = KeystoreKeys(File(folder, "log.keys"), "dev.foretap.log")

    companion object {
        fun of(context: Context) = LogPlace(File(context.noBackupFilesDir, "foretap"))
    }
}
