/// Quantiles in nanoseconds, at most a tenth off; `nil` of none.
public struct Durations: Hashable, Sendable {
    /// How many durations there are.
    public let count: Int
    /// The median.
    public let p50Ns: Int?
    /// What 95 % do not exceed.
    public let p95Ns: Int?
    /// What 99 % do not exceed.
    public let p99Ns: Int?
}
