/// Shares of openings, 0 to 1.
public struct HitRate: Hashable, Sendable {
    /// That were predicted first.
    public let at1: Double
    /// That were among the first three.
    public let at3: Double
}
