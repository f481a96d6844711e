/// One reason of a prediction.
public struct Reason: Hashable, Sendable {
    /// What it says.
    public var code: ReasonCode
    /// How much it weighed, in nats of log-odds against the other candidates.
    public var weight: Double

    /// A reason of this weight.
    public init(_ code: ReasonCode, weight: Double) {
        self.code = code
        self.weight = weight
    }
}
