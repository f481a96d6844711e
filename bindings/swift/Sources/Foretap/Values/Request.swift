/// A question for a ranking.
public struct Request: Hashable, Sendable {
    /// What is about to happen.
    public var moment: Moment
    /// When; `nil` for now.
    public var at: Timestamp?
    /// In which surroundings.
    public var context: PhoneContext
    /// Where the ranking is shown; 1 to 64 bytes.
    public var surface: String
    /// The most predictions, 1 to 64.
    public var limit: Int
    /// Only of these items, at most 4,096; those never opened are offered too, in this order.
    public var candidates: [Item]?
    /// What it costs that an icon moves, in chances of being opened, 0 to 1; 0.02 where `nil`.
    public var moveCost: Double?
    /// Whether now and then a slot shows something else.
    public var exploration: Exploration?

    /// A question; what is not said is as a phone wants it.
    public init(
        moment: Moment = .unlock,
        at: Timestamp? = nil,
        context: PhoneContext = .unknown,
        surface: String = "main",
        limit: Int = 5,
        candidates: [Item]? = nil,
        moveCost: Double? = nil,
        exploration: Exploration? = nil
    ) {
        self.moment = moment
        self.at = at
        self.context = context
        self.surface = surface
        self.limit = limit
        self.candidates = candidates
        self.moveCost = moveCost
        self.exploration = exploration
    }
}
