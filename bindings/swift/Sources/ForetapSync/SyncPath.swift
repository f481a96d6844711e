import Foretap

/// A file's place below the server's address: `root/3`, `timestamp`.
///
/// Names of letters, digits, `.`, `_` and `-`, joined by `/`, none of them only dots, 1 to ``maxLength`` characters: a
/// path can neither leave the address nor carry a query.
public struct SyncPath: Sendable, Hashable {
    /// The longest path, in characters.
    public static let maxLength = 256

    /// The path, without a leading slash.
    public let value: String

    /// The path of this text.
    ///
    /// - Throws: `ForetapError.invalidArgument` for a text that is no path; the message does not repeat it.
    public init(_ value: String) throws {
        let names = value.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard value.utf8.count <= Self.maxLength, names.allSatisfy({ Self.isName($0) }) else {
            throw ForetapError.invalidArgument("not a path")
        }
        self.value = value
    }

    private static func isName(_ name: Substring.UTF8View) -> Bool {
        name.contains { $0 != UInt8(ascii: ".") } && name.allSatisfy(isOfName)
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
    }
}

extension SyncPath: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The name of the type alone, so that a log can hold it.
    public var description: String { "SyncPath" }

    /// As ``description``.
    public var debugDescription: String { description }

    /// Nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
