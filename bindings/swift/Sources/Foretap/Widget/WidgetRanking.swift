import Foundation

/// A ranking as a widget shows it, in a file that the app writes and the widget reads: a widget must never open the log.
///
/// ```swift
/// // In the app, whose log lies in an app group:
/// try await foretap.share(ranking, nameOf: { titles[$0.id] ?? $0.id })
/// // In the widget:
/// let shown = try WidgetRanking.read(at: .appGroup("group.com.example.app"))
/// ```
///
/// The file is not encrypted beyond what iOS does: it holds the names and probabilities of the few actions that the widget
/// shows, in the log's folder and under its file protection. What the person excludes vanishes from it with the decision,
/// out of other actions' reasons too, and all of it with the log.
public struct WidgetRanking: Codable, Hashable, Sendable {
    /// An action to show.
    public struct Entry: Codable, Hashable, Sendable {
        /// Which.
        public var item: Item
        /// Its name as the person knows it.
        public var name: String
        /// How likely it is the one done next, 0 to 1.
        public var probability: Double
        /// Why it is here: a short sentence without a full stop.
        public var reason: String
        /// The item that the reason names, if it names one.
        public var after: Item?

        /// An entry, for previews and tests.
        public init(item: Item, name: String, probability: Double, reason: String, after: Item? = nil) {
            self.item = item
            self.name = name
            self.probability = probability
            self.reason = reason
            self.after = after
        }
    }

    /// The most entries.
    public static let maxEntries = 8

    /// The actions, the row's first slot first; ``maxEntries`` at most.
    public let entries: [Entry]
    /// When the app wrote it.
    public let at: Timestamp
    /// Where the widget shows it: of the ``Slot`` with which the app records what the person does from there.
    public let surface: String

    /// A ranking, for previews and tests; of more than ``maxEntries`` entries the first are taken.
    public init(entries: [Entry], at: Timestamp, surface: String) {
        self.entries = Array(entries.prefix(Self.maxEntries))
        self.at = at
        self.surface = surface
    }

    /// What the app has written last beside the log at this place; `nil` if there is nothing, as after an erasure.
    ///
    /// - Throws: ``ForetapError/invalidArgument(_:)`` if there is no such place; ``ForetapError/file(_:)`` if the file
    ///   cannot be read, as before the first unlock, or is none of this version's.
    public static func read(at place: LogPlace) throws -> WidgetRanking? {
        let files = try place.files()
        // An erasure that was cut off has not come to this file yet.
        return files.isErasing ? nil : try WidgetFile(files).read()
    }
}
