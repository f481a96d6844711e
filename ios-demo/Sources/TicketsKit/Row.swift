import Foretap

/// The row of likely actions.
public struct Row: Hashable, Identifiable, Sendable {
    /// How many places it has.
    public static let places = 3

    /// Another one for each answer of the engine.
    public let id: Int
    /// What it is about.
    public let heading: String
    /// What stands in it, place by place; fewer than ``places`` where less is to be suggested.
    public let tiles: [Tile]
    /// Where it comes from.
    public let source: String
    /// What the engine answered.
    let ranking: Ranking

    init(_ ranking: Ranking, id: Int) {
        self.id = id
        self.ranking = ranking
        heading = ranking.moment == .next ? "Likely next" : "Likely now"
        tiles = ranking.predictions.enumerated().compactMap { Tile($1, position: $0) }
        source = Self.source(ranking)
    }

    private static func source(_ ranking: Ranking) -> String {
        let source =
            switch ranking.answeredBy {
            case .hostOrder: "Nothing was done yet: in the order of the list"
            case .mixer: "From your habits"
            case .model: "From your habits and the model \(ranking.model ?? "")"
            }
        return ranking.isPrepared ? source + ", prepared ahead" : source
    }
}

/// An action in its place of the row.
public struct Tile: Hashable, Identifiable, Sendable {
    /// What it opens.
    public let action: Action
    /// Its place, from 0.
    public let position: Int
    /// What the engine said of it.
    let prediction: Prediction

    init?(_ prediction: Prediction, position: Int) {
        guard let action = Action(prediction.item) else { return nil }
        self.action = action
        self.position = position
        self.prediction = prediction
    }

    /// A place keeps its view, so that an action that stays where it was does not flicker.
    public var id: Int { position }
    /// How likely it is, in whole percent.
    public var percent: String { Words.percent(prediction.probability) }
    /// What is read aloud.
    public var spoken: String { "\(action.title), place \(position + 1), probability \(percent)" }
    /// The place, for the log.
    var slot: Slot { Slot(surface: Surface.home.rawValue, position: position) }
}
