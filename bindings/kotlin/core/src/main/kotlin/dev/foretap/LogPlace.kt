package dev.foretap

import android.content.Context
import java.io.File

/** Where an app's log lies and who keeps its keys: out of every backup's reach. */
internal class LogPlace private constructor(val log: File, val keys: KeyProvider) {
    companion object {
        fun of(context: Context): LogPlace {
            val folder = File(context.noBackupFilesDir, "foretap")
            return LogPlace(File(folder, "log.db"), KeystoreKeys(File(folder, "log.keys")))
        }
    }
}
