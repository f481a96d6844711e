import Foundation

/// What locks an export. It is shown in no text.
public enum ExportSecret: Hashable, Sendable {
    /// 32 random bytes, from a keychain that survives the app.
    case key(Data)
    /// Words of the person's, 8 to 1,024 bytes of UTF-8.
    case passphrase(String)
}

extension ExportSecret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Which kind it is, and nothing of it.
    public var description: String {
        switch self {
        case .key: "key(..)"
        case .passphrase: "passphrase(..)"
        }
    }

    /// The same for debuggers.
    public var debugDescription: String { description }

    /// Nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
