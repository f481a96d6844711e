/// Shares as a horizontal bar: a strong part over a pale one, and a line for what is allowed.
public struct Bar: Hashable, Sendable {
    /// What it is.
    public let label: String
    /// Its numbers in words.
    public let value: String
    /// The share of the width that is strong, 0 to 1.
    public let strong: Double
    /// The share that is pale, from the beginning.
    public let pale: Double
    /// Where the line stands; `nil` for none.
    public let limit: Double?
    /// Whether it is beyond what is allowed.
    public let isBeyond: Bool

    init(_ label: String, _ value: String, strong: Double, pale: Double, limit: Double? = nil, isBeyond: Bool = false) {
        self.label = label
        self.value = value
        self.strong = strong
        self.pale = pale
        self.limit = limit
        self.isBeyond = isBeyond
    }
}
