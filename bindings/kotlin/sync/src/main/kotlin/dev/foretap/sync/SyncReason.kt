package dev.foretap.sync

/**
 * Why a run did not end well, as a stable code for machines. It cannot hold an address, a name or a number of a person.
 *
 * @property code a lower-case letter, then lower-case letters, digits and `_`; [MAX_LENGTH] characters at most.
 * @throws IllegalArgumentException for anything else.
 */
public class SyncReason(public val code: String) {
    init {
        require(code.length <= MAX_LENGTH && CODE.matches(code)) { "not a reason code" }
    }

    override fun equals(other: Any?): Boolean = other is SyncReason && other.code == code

    override fun hashCode(): Int = code.hashCode()

    override fun toString(): String = code

    /** The codes of this module; a session adds its own. */
    public companion object {
        /** The longest code, in characters. */
        public const val MAX_LENGTH: Int = 40

        private val CODE = Regex("[a-z][a-z0-9_]*")

        /** The server could not be reached, or the connection broke off. */
        public val NETWORK: SyncReason = SyncReason("network")

        /** The server was too slow. */
        public val TIMEOUT: SyncReason = SyncReason("timeout")

        /** No TLS 1.3 connection with a trusted certificate came about. */
        public val TLS: SyncReason = SyncReason("tls")

        /** This phone has no TLS 1.3. */
        public val TLS13_MISSING: SyncReason = SyncReason("tls13_missing")

        /** The server is not the one whose key is pinned. */
        public val WRONG_SERVER: SyncReason = SyncReason("wrong_server")

        /** The body is longer than the step allowed. */
        public val TOO_LARGE: SyncReason = SyncReason("too_large")

        /** The server pointed elsewhere. */
        public val REDIRECT: SyncReason = SyncReason("redirect")

        /** The server asked to come back later. */
        public val BUSY: SyncReason = SyncReason("busy")

        /** The server answered with another status. */
        public val STATUS: SyncReason = SyncReason("status")

        /** The answer contradicts the request. */
        public val MALFORMED: SyncReason = SyncReason("malformed")

        /** The application is no [SyncProvider]. */
        public val NO_PROVIDER: SyncReason = SyncReason("no_provider")

        /** The host's provider, session or listener threw. */
        public val SESSION_ERROR: SyncReason = SyncReason("session_error")

        /** The session asked for more steps than any synchronisation needs. */
        public val TOO_MANY_STEPS: SyncReason = SyncReason("too_many_steps")
    }
}
