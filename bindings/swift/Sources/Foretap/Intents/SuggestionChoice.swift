import Foundation

/// Chooses what of a ranking is worth suggesting to the system: a wrong suggestion on a lock screen costs more than a wrong
/// icon in a row.
public struct SuggestionChoice: Sendable, Hashable {
    /// The most suggestions.
    public let limit: Int
    /// The least probability of a suggestion, 0 to 1.
    public let atLeast: Double
    /// For how many seconds a suggestion holds; not at all if it is less than none, or no number.
    public let holds: TimeInterval

    /// A choice of the first few predictions that are likely enough, for half an hour.
    public init(limit: Int = 3, atLeast: Double = 0.1, holds: TimeInterval = 1_800) {
        self.limit = limit
        self.atLeast = atLeast
        self.holds = holds
    }

    /// What is suggested, the likeliest first. What explores, and what was never done yet, is not.
    public func suggestions(of ranking: Ranking, at date: Date = Date()) -> [Suggestion] {
        let likely = ranking.predictions.enumerated().filter { _, prediction in
            prediction.probability >= atLeast && !prediction.reasons.contains { $0.code.isNoHabit }
        }
        // Of equals the one that stands first.
        let ordered = likely.sorted { ($1.element.probability, $0.offset) < ($0.element.probability, $1.offset) }
        // No number, and an end beyond every date, are no duration.
        let interval = DateInterval(start: date, duration: holds.isFinite ? max(holds, 0) : 0)
        return ordered.prefix(max(limit, 0)).map { _, prediction in
            Suggestion(item: prediction.item, probability: prediction.probability, interval: interval)
        }
    }
}

/// An action that is suggested to the system.
public struct Suggestion: Sendable, Hashable {
    /// Which.
    public let item: Item
    /// How likely it is the one done next, 0 to 1.
    public let probability: Double
    /// When it is relevant.
    public let interval: DateInterval

    /// A suggestion.
    public init(item: Item, probability: Double, interval: DateInterval) {
        self.item = item
        self.probability = probability
        self.interval = interval
    }
}

extension ReasonCode {
    fileprivate var isNoHabit: Bool {
        switch self {
        case .explored, .neverOpened: true
        default: false
        }
    }
}
