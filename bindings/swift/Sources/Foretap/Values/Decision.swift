/// A decision that counts.
public struct Decision: Hashable, Identifiable, Sendable {
    /// The number to undo it by; an import gives new numbers.
    public let id: Int64
    /// When it was made.
    public let at: Timestamp
    /// What was decided.
    public let control: Control
}
