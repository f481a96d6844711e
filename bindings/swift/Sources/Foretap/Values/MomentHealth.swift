/// How good predictions at a moment are.
public struct MomentHealth: Hashable, Sendable {
    /// In the last 7 days.
    public let week: HitRates
    /// In the last 30 days.
    public let month: HitRates
    /// How far the model is trusted: 0 not at all, 1 as it says, 1.5 at most; `nil` without one.
    public let trust: Double?
}
