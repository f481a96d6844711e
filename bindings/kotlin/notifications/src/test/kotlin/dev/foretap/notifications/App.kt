package dev.foretap.notifications

import android.app.Application
import dev.foretap.Foretap
import dev.foretap.ForetapException
import dev.foretap.ForetapProvider

/** A host. */
class App :
    Application(),
    ForetapProvider {
    /** What a test puts in, and the listener takes on a thread of its own. */
    @Volatile
    var engine: Foretap? = null

    override suspend fun foretap(): Foretap =
        engine ?: throw ForetapException.KeyUnavailable("the keystore does not answer now", null)
}
