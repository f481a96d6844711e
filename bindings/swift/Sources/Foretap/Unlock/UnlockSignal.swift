/// What an ``UnlockSource`` heard.
public struct UnlockSignal: Sendable, Hashable {
    /// What can be heard.
    public enum Kind: Sendable, Hashable, CaseIterable {
        /// The person unlocked the phone, or came to the app.
        case unlock
        /// The phone is being locked, or the person left the app.
        case lock
    }

    /// What was heard.
    public let kind: Kind
    /// When, on a clock that only measures.
    let heardNs: UInt64

    /// Something that was heard now.
    public init(_ kind: Kind) {
        self.kind = kind
        heardNs = Ticks.now()
    }
}
