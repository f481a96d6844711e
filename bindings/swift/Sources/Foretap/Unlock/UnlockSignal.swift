/// What an ``UnlockSource`` heard.
public struct UnlockSignal: Sendable, Hashable {
    /// What can be heard.
    public enum Kind: Sendable, Hashable, CaseIterable {
        /// The person unlocked the phone, wherever they are going.
        case unlock
        /// The person came to the app, or something that lay over it is gone: Control Center, Face ID, a question of iOS.
        case resume
        /// The phone is being locked, or the person left the app.
        case lock
    }

    /// What was heard.
    public let kind: Kind
    /// When, on the wall: what is recorded later is recorded with it.
    public let at: Timestamp
    /// When, on a clock that only measures.
    let heardNs: UInt64

    /// Something that was heard now, which is `at` on the wall.
    public init(_ kind: Kind, at: Timestamp = WallClock.system.now()) {
        self.kind = kind
        self.at = at
        heardNs = Ticks.now()
    }
}
