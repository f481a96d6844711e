/// The answer to a ``Request``.
public struct Ranking: Hashable, Sendable {
    /// The row, slot by slot. Once a row was shown (``Foretap/shown(_:at:)``), an item moves only where the gain exceeds
    /// the cost of moving; pinned items stand at their places.
    public var predictions: [Prediction]
    /// The moment it is for.
    public var moment: Moment
    /// Where it is shown.
    public var surface: String
    /// What gave the answer.
    public var answeredBy: AnsweredBy
    /// Name and version of the model that took part.
    public var model: String?
    /// Whether it was computed ahead.
    public var isPrepared: Bool
    /// How long this call took.
    public var stages: StageTimes

    /// A ranking, for previews and tests; ``Foretap/predict(_:)`` gives real ones.
    public init(
        predictions: [Prediction],
        moment: Moment,
        surface: String,
        answeredBy: AnsweredBy,
        model: String?,
        isPrepared: Bool,
        stages: StageTimes
    ) {
        self.predictions = predictions
        self.moment = moment
        self.surface = surface
        self.answeredBy = answeredBy
        self.model = model
        self.isPrepared = isPrepared
        self.stages = stages
    }

    /// The items of the row, in order.
    public var items: [Item] { predictions.map(\.item) }
}
