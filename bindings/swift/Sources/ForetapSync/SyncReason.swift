import Foretap

/// Why a run did not end well, as a stable code for machines. It cannot hold an address, a name or a number of a person.
///
/// The codes below are this module's; a session of the host's adds its own.
public struct SyncReason: Sendable, Hashable {
    /// The longest code, in characters.
    public static let maxLength = 40

    /// A lower-case letter, then lower-case letters, digits and `_`; ``maxLength`` characters at most.
    public let code: String

    /// The reason of this code.
    ///
    /// - Throws: `ForetapError.invalidArgument` for a text that is no code.
    public init(_ code: String) throws {
        let isCode = code.utf8.first.map(Self.isLetter) == true && code.utf8.allSatisfy(Self.isOfCode)
        guard isCode, code.utf8.count <= Self.maxLength else { throw ForetapError.invalidArgument("not a reason code") }
        self.code = code
    }

    /// One of this module's.
    init(known code: String) {
        self.code = code
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }

    private static func isOfCode(_ byte: UInt8) -> Bool {
        isLetter(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
    }
}

extension SyncReason {
    /// The server could not be reached, or the connection broke off.
    public static let network = SyncReason(known: "network")

    /// The server was too slow.
    public static let timeout = SyncReason(known: "timeout")

    /// No TLS 1.3 connection with a trusted certificate came about.
    public static let tls = SyncReason(known: "tls")

    /// This system has no TLS 1.3 whose keys an app can check.
    public static let tls13Missing = SyncReason(known: "tls13_missing")

    /// The server is not the one whose key is pinned.
    public static let wrongServer = SyncReason(known: "wrong_server")

    /// The body is longer than the step allowed.
    public static let tooLarge = SyncReason(known: "too_large")

    /// The server pointed elsewhere.
    public static let redirect = SyncReason(known: "redirect")

    /// The server asked to come back later.
    public static let busy = SyncReason(known: "busy")

    /// The server answered with another status.
    public static let status = SyncReason(known: "status")

    /// The answer contradicts the request.
    public static let malformed = SyncReason(known: "malformed")

    /// The host's session threw, or could not be opened.
    public static let sessionError = SyncReason(known: "session_error")

    /// The session asked for more steps than any synchronisation needs.
    public static let tooManySteps = SyncReason(known: "too_many_steps")
}

extension SyncReason: CustomStringConvertible {
    /// The ``code``.
    public var description: String { code }
}
