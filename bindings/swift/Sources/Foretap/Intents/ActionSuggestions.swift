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
    ///
    /// What the system was told, it keeps: it knows no decisions of Foretap, and no erasure. So a host donates nothing that
    /// the person put away (``SuggestionChoice`` suggests nothing of the kind, for it is in no ranking) and nothing while
    /// learning is paused, calls ``forget(_:)`` for an action that the person excludes or never wants learned, and
    /// ``forgetAll(_:)`` with an erasure.
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

        /// Takes back what was donated of the intent that does what this item stands for. The system takes back by the kind
        /// of an intent: where one kind does several items, what was donated of those goes too.
        ///
        /// - Throws: what the system throws.
        public func forget(_ item: Item) async throws {
            guard let intent = intent(item) else { return }
            let kind = IntentDonationMatchingPredicate.intentType(type(of: intent))
            _ = try await IntentDonationManager.shared.deleteDonations(matching: kind)
        }

        /// Takes back all that the app donated, and what the Smart Stack was told.
        ///
        /// - Parameter items: all that was donated, which the system takes back by the kinds of their intents.
        /// - Throws: what the system throws. What can be taken back is, even if something cannot.
        public func forgetAll(_ items: [Item]) async throws {
            var failure: (any Error)?
            for item in items {
                do { try await forget(item) } catch { failure = failure ?? error }
            }
            if #available(iOS 17, macOS 14, watchOS 10, visionOS 1, *) {
                do { try await RelevantIntentManager.shared.updateRelevantIntents([]) } catch {
                    failure = failure ?? error
                }
            }
            if let failure { throw failure }
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
