/// The moment that a ranking is for.
public enum Moment: Hashable, CaseIterable, Sendable {
    /// After an unlock, or when the person comes to the app. The item in front at the last lock is not offered.
    case unlock
    /// The same, with that item offered like any other.
    case unlockOrResume
    /// After the item that is open now, or was last.
    case next
}
