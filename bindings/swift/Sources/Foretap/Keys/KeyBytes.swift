import Foundation

/// How keys lie in the keychain or a file: a byte of format, then key, salt and secret.
enum KeyBytes {
    static func of(_ keys: LogKeys) -> Data {
        Data([format]) + keys.key + keys.salt + keys.pseudonymSecret
    }

    /// - Throws: ``ForetapError/keyLost(_:)`` for bytes that ``of(_:)`` did not make.
    static func keys(_ bytes: Data) throws -> LogKeys {
        let saltFrom = LogKeys.keyBytes
        let secretFrom = saltFrom + LogKeys.saltBytes
        let rest = Data(bytes.dropFirst())
        guard bytes.first == format, rest.count == secretFrom + LogKeys.secretBytes else {
            throw ForetapError.keyLost("the stored keys are damaged (nothing was deleted)")
        }
        return try LogKeys(
            key: Data(rest[..<saltFrom]),
            salt: Data(rest[saltFrom..<secretFrom]),
            pseudonymSecret: Data(rest[secretFrom...])
        )
    }

    private static let format: UInt8 = 1
}
