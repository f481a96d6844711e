import Foretap
import Foundation

/// What the widget shows from a moment on. Made of the file that the app shares; the widget never opens the log.
public struct WidgetEntry: Hashable, Sendable {
    /// An action in its place.
    public struct Tile: Hashable, Identifiable, Sendable {
        /// What it opens.
        public let action: Action
        /// Its place, from 0.
        public let position: Int
        /// How likely it is, in whole percent; `nil` once that is too old to be told.
        public let percent: String?
        /// Why it is here; `nil` once that is too old to be told.
        public let reason: String?

        /// A place keeps its view.
        public var id: Int { position }
        /// Where a tap goes.
        public var url: URL? { DeepLink(action, from: .widget, place: position).url }
        /// What is read aloud.
        public var spoken: String {
            [action.title, percent.map { "probability \($0)" }, reason].compactMap(\.self).joined(separator: ", ")
        }
    }

    /// From when on.
    public let date: Date
    /// The row, place by place.
    public let tiles: [Tile]
    /// What is said where there is no row.
    public let message: String?

    /// The entries of a timeline, from the file that the app shares beside its log.
    public static func timeline(at place: LogPlace = .ofApp, now: Date) -> [WidgetEntry] {
        do {
            return timeline(of: try WidgetRanking.read(at: place), now: now)
        } catch {
            return [WidgetEntry(date: now, message: "Unlock the phone and open the app to get suggestions.")]
        }
    }

    /// What the app wrote, and the same without its probabilities once they are old.
    static func timeline(of ranking: WidgetRanking?, now: Date) -> [WidgetEntry] {
        guard let ranking, !ranking.entries.isEmpty else {
            return [WidgetEntry(date: now, message: "Open the app to get suggestions.")]
        }
        let end = ranking.at.date.addingTimeInterval(holds)
        let old = WidgetEntry(ranking, from: max(end, now), isFresh: false)
        return end > now ? [WidgetEntry(ranking, from: now, isFresh: true), old] : [old]
    }

    /// What is shown while nothing is known, and in the gallery: the order of the list.
    public static func placeholder(now: Date) -> WidgetEntry {
        let tiles = Action.allCases.prefix(Row.places).enumerated().map { position, action in
            Tile(action: action, position: position, percent: nil, reason: nil)
        }
        return WidgetEntry(date: now, tiles: tiles)
    }

    private init(date: Date, tiles: [Tile] = [], message: String? = nil) {
        self.date = date
        self.tiles = tiles
        self.message = message
    }

    /// An action that this version does not have leaves its place empty.
    private init(_ ranking: WidgetRanking, from date: Date, isFresh: Bool) {
        let tiles = ranking.entries.prefix(Row.places).enumerated().compactMap { position, entry -> Tile? in
            guard let action = Action(entry.item) else { return nil }
            return Tile(
                action: action,
                position: position,
                percent: isFresh ? Words.percent(entry.probability) : nil,
                reason: isFresh ? Words.sentence(entry.reason) : nil
            )
        }
        self.init(date: date, tiles: tiles)
    }

    /// Seconds for which a probability is worth telling: what the morning says is not the evening's.
    static let holds: TimeInterval = 2 * 3_600
}
