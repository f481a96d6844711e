package dev.foretap.sync

import dev.foretap.Foretap
import dev.foretap.ForetapProvider
import dev.foretap.Upload

/**
 * Opens the runs that send what the person allowed, for [SyncSetup.sessions]: [Foretap.waitingUploads], byte for byte,
 * after the erasures that somebody who took something back has asked for.
 *
 * Nothing is sent, and nothing asked, where [Foretap.uploadConsent] allows nothing and nothing is to be erased. The
 * app's [Foretap] is opened at the first step and stays open. A run ends as
 *
 * - [SyncOutcome.Synced] where the server has what it is to have, or there was nothing; `modelChanged` is `false`. What
 *   it will never take (HTTP 422) is not sent again;
 * - what [TransportFailure.outcome] says where something could not be sent: the next run sends the same bytes under the
 *   same id;
 * - [SyncOutcome.Refused] with [SyncReason.STATUS] where the server would not erase; the next run asks again;
 * - the outcomes of [ModelSessions] where the log cannot be used.
 */
public class UploadSessions internal constructor(private val begin: suspend () -> Upload) : SyncSessionFactory {
    /** Runs for the [Foretap] of [provider]. */
    public constructor(provider: ForetapProvider) : this({ provider.foretap().beginUpload() })

    /** A session that has done nothing yet. */
    override suspend fun open(): SyncSession = UploadSession(begin)
}
