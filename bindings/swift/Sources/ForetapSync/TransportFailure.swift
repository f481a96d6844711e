/// Why a step could not be carried out.
public enum TransportFailure: Error, Sendable, Hashable {
    /// The server could not be reached, or the connection broke off.
    case unreachable

    /// The server did not connect, or stopped sending, or the whole took too long.
    case timedOut

    /// No TLS 1.3 connection with a trusted certificate came about. Transient, since the log-in page of a public network
    /// looks the same.
    case handshake

    /// This system has no TLS 1.3 whose keys an app can check: Foundation on Linux. Nothing was sent.
    case tls13Missing

    /// The certificate is trusted, but holds none of the pinned keys or another name. Nothing was sent.
    case wrongServer

    /// The body is longer than the step allowed; what exceeds it was not handed on.
    case tooLarge

    /// The server pointed elsewhere; nothing was asked for there.
    case redirected

    /// The answer contradicts the request: another range, or an encoding that was not asked for.
    case malformed

    /// The server is overloaded or limits this phone (HTTP 429 and 503). `retryAfter`: how long to stay away, where the
    /// server said it; at most a day is believed.
    case busy(retryAfter: Duration?)

    /// Any other HTTP status. Transient where the fault is the server's (5xx) or a matter of time (408).
    case status(Int)

    /// The code of it.
    public var reason: SyncReason {
        switch self {
        case .unreachable: .network
        case .timedOut: .timeout
        case .handshake: .tls
        case .tls13Missing: .tls13Missing
        case .wrongServer: .wrongServer
        case .tooLarge: .tooLarge
        case .redirected: .redirect
        case .malformed: .malformed
        case .busy: .busy
        case .status: .status
        }
    }

    /// Whether the same step can succeed later.
    public var isTransient: Bool {
        switch self {
        case .unreachable, .timedOut, .handshake, .busy: true
        case .tls13Missing, .wrongServer, .tooLarge, .redirected, .malformed: false
        case .status(let code): code >= 500 || code == 408
        }
    }

    /// The outcome of a run that this failure ends.
    public var outcome: SyncOutcome {
        guard isTransient else { return .refused(reason) }
        guard case .busy(let retryAfter) = self else { return .postponed(reason) }
        return .postponed(reason, retryAfter: retryAfter)
    }
}
