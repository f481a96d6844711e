/// How often a slot shows something else, so that the log can tell how other rankings would have done.
public struct Exploration: Hashable, Sendable {
    /// The share of rows, 0 to 1.
    public var share: Double
    /// A random number, another one for each row that is shown.
    public var seed: UInt64

    /// So much exploration.
    public init(share: Double, seed: UInt64) {
        self.share = share
        self.seed = seed
    }
}
