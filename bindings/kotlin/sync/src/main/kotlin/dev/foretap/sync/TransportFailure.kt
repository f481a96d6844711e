package dev.foretap.sync

import kotlin.time.Duration

/**
 * Why a step could not be carried out.
 *
 * @property reason the code of it.
 * @property isTransient whether the same step can succeed later.
 */
public sealed class TransportFailure(public val reason: SyncReason, public val isTransient: Boolean) {
    /** The server could not be reached, or the connection broke off. */
    public data object Unreachable : TransportFailure(SyncReason.NETWORK, isTransient = true)

    /** The server did not connect, or stopped sending, or the whole took too long. */
    public data object TimedOut : TransportFailure(SyncReason.TIMEOUT, isTransient = true)

    /**
     * No TLS 1.3 connection with a trusted certificate came about. Transient, since the log-in page of a public network
     * looks the same.
     */
    public data object Handshake : TransportFailure(SyncReason.TLS, isTransient = true)

    /** This phone has no TLS 1.3: Android 8 and 9, unless the host installs a security provider that has it. */
    public data object Tls13Missing : TransportFailure(SyncReason.TLS13_MISSING, isTransient = false)

    /** The certificate is trusted, but holds none of the pinned keys or another name. Nothing was sent. */
    public data object WrongServer : TransportFailure(SyncReason.WRONG_SERVER, isTransient = false)

    /** The body is longer than the step allowed; what exceeds it was not handed on. */
    public data object TooLarge : TransportFailure(SyncReason.TOO_LARGE, isTransient = false)

    /** The server pointed elsewhere; nothing was asked for there. */
    public data object Redirected : TransportFailure(SyncReason.REDIRECT, isTransient = false)

    /** The answer contradicts the request: another range, or an encoding that was not asked for. */
    public data object Malformed : TransportFailure(SyncReason.MALFORMED, isTransient = false)

    /**
     * The server is overloaded or limits this phone (HTTP 429 and 503).
     *
     * @property retryAfter how long to stay away, where the server said it: at most a day is believed.
     */
    public data class Busy(public val retryAfter: Duration?) : TransportFailure(SyncReason.BUSY, isTransient = true)

    /**
     * Any other status. Transient where the fault is the server's (5xx) or a matter of time (408).
     *
     * @property code the HTTP status.
     */
    public data class Status(public val code: Int) :
        TransportFailure(SyncReason.STATUS, isTransient = code >= SERVER_ERROR || code == REQUEST_TIMEOUT)

    /** The outcome of a run that this failure ends. */
    public fun outcome(): SyncOutcome =
        if (isTransient) SyncOutcome.Postponed(reason, (this as? Busy)?.retryAfter) else SyncOutcome.Refused(reason)

    private companion object {
        const val REQUEST_TIMEOUT = 408
        const val SERVER_ERROR = 500
    }
}
