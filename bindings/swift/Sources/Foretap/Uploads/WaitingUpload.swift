import Foundation

/// A sealed batch that no server has taken yet: for a page that shows a person what is sent.
public struct WaitingUpload: Hashable, Identifiable, Sendable {
    /// Its random name, 32 hexadecimal digits.
    public let id: String
    /// Exactly what is sent.
    public let bytes: Data
    /// Every field of it in English, a line each, decoded from ``bytes``.
    public let text: String
}
