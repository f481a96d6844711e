import Foundation

/// What opens a log and names places in it. All of it is random, secret, and the same at every open.
public struct LogKeys: Sendable {
    /// The length of a key.
    public static let keyBytes = 32
    /// The length of a salt.
    public static let saltBytes = 16
    /// The length of a secret for pseudonyms.
    public static let secretBytes = 32

    private(set) var key: Data
    private(set) var salt: Data
    private(set) var pseudonymSecret: Data

    /// Keys.
    ///
    /// - Parameters:
    ///   - key: the 32 bytes that the log is encrypted under.
    ///   - salt: the 16 bytes that SQLCipher would otherwise keep in the file, where a power cut can tear them.
    ///   - pseudonymSecret: the 32 bytes that ``Pseudonyms`` are made with.
    /// - Throws: ``ForetapError/invalidArgument(_:)`` if one has another length.
    public init(key: Data, salt: Data, pseudonymSecret: Data) throws {
        let lengths = (key.count, salt.count, pseudonymSecret.count)
        guard lengths == (Self.keyBytes, Self.saltBytes, Self.secretBytes) else {
            throw ForetapError.invalidArgument("a log's key has 32 bytes, its salt 16, its secret 32")
        }
        self.key = key
        self.salt = salt
        self.pseudonymSecret = pseudonymSecret
    }

    /// New ones.
    static func random() throws -> LogKeys {
        try LogKeys(
            key: .random(count: keyBytes),
            salt: .random(count: saltBytes),
            pseudonymSecret: .random(count: secretBytes)
        )
    }

    /// Overwrites the bytes, where nobody else holds them.
    mutating func wipe() {
        key.resetBytes(in: key.indices)
        salt.resetBytes(in: salt.indices)
        pseudonymSecret.resetBytes(in: pseudonymSecret.indices)
    }
}

extension LogKeys: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Nothing of them.
    public var description: String { "LogKeys(..)" }

    /// The same for debuggers.
    public var debugDescription: String { description }

    /// Nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
