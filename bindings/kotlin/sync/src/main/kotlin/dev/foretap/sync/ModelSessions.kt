package dev.foretap.sync

import dev.foretap.Foretap
import dev.foretap.ForetapException
import dev.foretap.ForetapProvider
import dev.foretap.ModelSync

/**
 * Opens the runs that give the phone the model that it is to have, for [SyncSetup.sessions].
 *
 * A run fetches what is missing, a difference rather than the whole where there is one, rehearses a new model on the
 * phone's own log, and lets it answer or gives it back. Rankings go on meanwhile. The app's [Foretap] is opened at the
 * first step and stays open. A run ends as
 *
 * - [SyncOutcome.Synced] where the phone has what it is to have, also if it tried a model and gave it back;
 * - what [TransportFailure.outcome] says where a file could not be fetched;
 * - [SyncOutcome.Refused] where a file was not believed: [REFUSED_ROOT], [REFUSED_TIMESTAMP], [REFUSED_RELEASE] or
 *   [REFUSED_MODEL], by what was being fetched;
 * - [SyncOutcome.Postponed] where the log cannot be used now: [STORAGE], [KEYSTORE] or [IN_USE];
 * - [SyncOutcome.Refused] where it cannot be used at all, [LOG], or not so, [SETUP].
 *
 * What an ended or a cancelled run has fetched is kept for the next one.
 */
public class ModelSessions internal constructor(private val begin: suspend () -> ModelSync) : SyncSessionFactory {
    /**
     * Runs for the [Foretap] of [provider].
     *
     * @param root the file of the repository's first root, which ships with the host: whose signatures are believed.
     * @param channel which releases to follow, 1 to 64 bytes.
     * @param segments what this phone belongs to, by names that the repository knows. They do not leave the phone.
     */
    public constructor(
        provider: ForetapProvider,
        root: ByteArray,
        channel: String = ModelSync.STABLE,
        segments: Set<String> = emptySet(),
    ) : this({ provider.foretap().beginModelSync(root, channel, segments) })

    /** A session that has done nothing yet. */
    override suspend fun open(): SyncSession = ModelSession(begin)

    public companion object {
        /** A root was not believed, or the one that is believed has expired. */
        public val REFUSED_ROOT: SyncReason = SyncReason("refused_root")

        /** A timestamp was not believed, or has expired, or what it still names has. */
        public val REFUSED_TIMESTAMP: SyncReason = SyncReason("refused_timestamp")

        /** A release was not believed, or has expired. */
        public val REFUSED_RELEASE: SyncReason = SyncReason("refused_release")

        /** What came is not the model that the release names. */
        public val REFUSED_MODEL: SyncReason = SyncReason("refused_model")

        /** The root or the channel cannot be used, or the host chose a model of its own. */
        public val SETUP: SyncReason = SyncReason("setup")

        /** The phone's storage is busy or full. */
        public val STORAGE: SyncReason = SyncReason("storage")

        /** The keystore does not answer now. */
        public val KEYSTORE: SyncReason = SyncReason("keystore")

        /** Another process has the log. */
        public val IN_USE: SyncReason = SyncReason("in_use")

        /** The log was closed or erased, or cannot be opened. */
        public val LOG: SyncReason = SyncReason("log")

        /** The outcome of a run that [exception] ended; what it says ends here. */
        internal fun outcomeOf(exception: ForetapException): SyncOutcome = when (exception) {
            is ForetapException.InvalidArgument -> SyncOutcome.Refused(SETUP)
            is ForetapException.Transient -> SyncOutcome.Postponed(STORAGE)
            is ForetapException.KeyUnavailable -> SyncOutcome.Postponed(KEYSTORE)
            is ForetapException.InUse -> SyncOutcome.Postponed(IN_USE)
            else -> SyncOutcome.Refused(LOG)
        }
    }
}
