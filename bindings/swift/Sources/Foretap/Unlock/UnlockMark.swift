/// A station on the way from the unlock to the drawn row.
public enum UnlockMark: Sendable, Hashable, CaseIterable {
    /// The unlock was heard of, and the ranking asked for.
    case requested
    /// The ranking is there.
    case inferred
    /// The host has it.
    case delivered
    /// It is on the screen.
    case drawn

    /// By when it should be reached, in milliseconds after the unlock.
    public var budgetMs: Int64 {
        switch self {
        case .requested: 0
        case .inferred: 10
        case .delivered: 50
        case .drawn: 100
        }
    }
}
