import Foundation
internal import ForetapFFI

extension Foretap {
    /// Writes a ranking where the app's widget reads it (``WidgetRanking/read(at:)``): its first
    /// ``WidgetRanking/maxEntries`` predictions, without those that the person has put away since.
    ///
    /// - Parameters:
    ///   - ranking: what was predicted.
    ///   - surface: the name of the widget, for the ``Slot`` of what is done from it; the ranking's own if `nil`.
    ///   - locale: of the reasons: German or English, which stands in for every other language.
    ///   - nameOf: an item's name as the person knows it.
    /// - Returns: whether the widget has something else to show than before, or a decision took something out of its file
    ///   since the last time (``ForetapOptions/widgetChanged``); if so, it is to be reloaded
    ///   (`WidgetCenter.shared.reloadAllTimelines()`), which iOS lets an app do some dozens of times a day. So a probability
    ///   counts in steps of a tenth.
    /// - Throws: ``ForetapError/invalidArgument(_:)`` for a log in memory, which has no files; ``ForetapError/file(_:)``
    ///   if the file cannot be written.
    @discardableResult
    public func share(
        _ ranking: Ranking,
        surface: String? = nil,
        locale: Locale = .current,
        nameOf: (Item) -> String = { $0.id }
    ) async throws -> Bool {
        guard let widget else { throw ForetapError.invalidArgument("a log in memory has no place for a widget's file") }
        let entries = try ranking.predictions.map { prediction in
            let after: Item? = if case .follows(let item)? = prediction.reasons.first?.code { item } else { nil }
            return WidgetRanking.Entry(
                item: prediction.item,
                name: nameOf(prediction.item),
                probability: prediction.probability,
                reason: try why(prediction, locale: locale, nameOf: nameOf).first ?? "",
                after: after
            )
        }
        let now = clock.now()
        let nativeNow = try now.native()
        return try await call { engine in
            let kept = try entries.offered(by: engine, now: nativeNow)
            return try widget.share(WidgetRanking(entries: kept, at: now, surface: surface ?? ranking.surface))
        }
    }
}
