import Foundation

/// How an ``UnlockPredictor`` writes the ranking of a widget.
public struct WidgetSharing: Sendable {
    /// The name of the widget, for the ``Slot`` of what is done from it; the ranking's own if `nil`.
    public let surface: String?
    /// Of the reasons.
    public let locale: Locale
    /// An item's name as the person knows it.
    public let nameOf: @Sendable (Item) -> String
    /// Called when the widget has something else to show, to reload it.
    public let changed: @Sendable () -> Void

    /// Sharing with a widget.
    ///
    /// - Parameters:
    ///   - surface: the name of the widget, for the ``Slot`` of what is done from it; the ranking's own if `nil`.
    ///   - locale: of the reasons.
    ///   - nameOf: an item's name as the person knows it.
    ///   - changed: reloads the widget, such as `{ WidgetCenter.shared.reloadTimelines(ofKind: "suggestions") }`.
    public init(
        surface: String? = nil,
        locale: Locale = .current,
        nameOf: @escaping @Sendable (Item) -> String = { $0.id },
        changed: @escaping @Sendable () -> Void
    ) {
        self.surface = surface
        self.locale = locale
        self.nameOf = nameOf
        self.changed = changed
    }
}

#if canImport(WidgetKit) && !os(tvOS)
    import WidgetKit

    extension WidgetSharing {
        /// Sharing with the app's widgets of one kind.
        public static func widget(
            ofKind kind: String,
            surface: String? = nil,
            locale: Locale = .current,
            nameOf: @escaping @Sendable (Item) -> String = { $0.id }
        ) -> WidgetSharing {
            WidgetSharing(surface: surface, locale: locale, nameOf: nameOf) {
                WidgetCenter.shared.reloadTimelines(ofKind: kind)
            }
        }
    }
#endif
