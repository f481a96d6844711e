import Foretap

/// The random 128-bit name of a batch, fixed when it was sealed.
public struct BatchId: Sendable, Hashable {
    /// 32 lower-case hexadecimal digits.
    public let hex: String

    /// The id of these digits.
    ///
    /// - Throws: `ForetapError.invalidArgument` for anything but 32 lower-case hexadecimal digits.
    public init(hex: String) throws {
        guard hex.utf8.count == 32, hex.utf8.allSatisfy(Self.isDigit) else {
            throw ForetapError.invalidArgument("a batch id is 32 lower-case hexadecimal digits")
        }
        self.hex = hex
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}

extension BatchId: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The name of the type alone, so that a log can hold it.
    public var description: String { "BatchId" }

    /// As ``description``.
    public var debugDescription: String { description }

    /// Nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
