#if canImport(AppIntents) && canImport(WidgetKit) && !os(tvOS)
    import AppIntents
    import Foundation
    import WidgetKit

    /// Tells Siri, Spotlight and the Smart Stack which of the host's actions matter now.
    ///
    /// ```swift
    /// let suggestions = ActionSuggestions { $0.id == "reorder" ? Reorder() : nil }
    /// try await foretap.record(.action("reorder"))
    /// try await suggestions.donate(Item("reorder"))
    /// ```
    public struct ActionSuggestions: Sendable {
        private let intent: @Sendable (Item) -> (any AppIntent)?

        /// Suggestions of the host's intents.
        ///
        /// - Parameter intent: the intent that does what an item stands for; `nil` where there is none.
        public init(intent: @escaping @Sendable (Item) -> (any AppIntent)?) {
            self.intent = intent
        }

        /// Tells the system that the person did this just now, in the app: it learns from that, as Foretap does. To be told
        /// once for each time, and not where the system itself ran the intent.
        ///
        /// - Throws: what the system throws.
        public func donate(_ item: Item) async throws {
            guard let intent = intent(item) else { return }
            try await Self.donate(intent)
        }

        private static func donate(_ intent: some AppIntent) async throws {
            _ = try await IntentDonationManager.shared.donate(intent: intent)
        }
    }

    @available(iOS 17, macOS 14, watchOS 10, visionOS 1, *)
    extension ActionSuggestions {
        /// Tells the Smart Stack when a widget of the host is relevant, in place of what was told before; of nothing to
        /// suggest it is told too.
        ///
        /// - Parameters:
        ///   - ranking: what was predicted.
        ///   - choice: what of it is suggested.
        ///   - kind: the kind of the widget.
        ///   - configuration: the widget's configuration that shows an item; `nil` where it has none.
        /// - Throws: what the system throws.
        public static func show(
            _ ranking: Ranking,
            choice: SuggestionChoice = SuggestionChoice(),
            inWidgetOfKind kind: String,
            configuration: (Item) -> (any WidgetConfigurationIntent)?
        ) async throws {
            let relevant = choice.suggestions(of: ranking).compactMap { suggestion in
                configuration(suggestion.item).map { Self.relevant($0, kind, suggestion.interval) }
            }
            try await RelevantIntentManager.shared.updateRelevantIntents(relevant)
        }

        private static func relevant(
            _ configuration: some WidgetConfigurationIntent,
            _ kind: String,
            _ interval: DateInterval
        ) -> RelevantIntent {
            RelevantIntent(
                configuration,
                widgetKind: kind,
                relevance: .date(from: interval.start, to: interval.end)
            )
        }
    }
#endif
