/// A predicted item.
public struct Prediction: Hashable, Sendable {
    /// The item.
    public var item: Item
    /// How likely it is the one opened next, 0 to 1; of those with 0.3 three in ten come true.
    public var probability: Double
    /// Why it is here, the strongest reason first; never empty. ``Foretap/why(_:locale:nameOf:)`` says them.
    public var reasons: [Reason]
    /// How likely a ranking for the same request was to show it at this place, above 0, at most 1.
    public var propensity: Double

    /// A prediction, for previews and tests.
    public init(item: Item, probability: Double, reasons: [Reason], propensity: Double) {
        self.item = item
        self.probability = probability
        self.reasons = reasons
        self.propensity = propensity
    }
}
