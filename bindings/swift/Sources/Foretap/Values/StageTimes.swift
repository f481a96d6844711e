/// How long a ranking took, in nanoseconds. One that was prepared only takes finding and formatting.
public struct StageTimes: Hashable, Sendable {
    /// Finding the candidates.
    public var retrievalNs: Int
    /// Statistics and the model's features.
    public var featuresNs: Int
    /// The model.
    public var inferenceNs: Int
    /// Ordering, reasons, names.
    public var formattingNs: Int

    /// Times of the four stages.
    public init(retrievalNs: Int, featuresNs: Int, inferenceNs: Int, formattingNs: Int) {
        self.retrievalNs = retrievalNs
        self.featuresNs = featuresNs
        self.inferenceNs = inferenceNs
        self.formattingNs = formattingNs
    }

    /// All stages together, in nanoseconds.
    public var totalNs: Int { retrievalNs + featuresNs + inferenceNs + formattingNs }
}
