import Foundation
internal import ForetapFFI

/// The file between app and widget.
struct WidgetFile: Sendable {
    private let file: URL
    private let changed: @Sendable () -> Void

    /// - Parameter changed: called when the file was changed or removed other than by ``share(_:)``.
    init(_ files: LogFiles, changed: @escaping @Sendable () -> Void = {}) {
        file = files.ranking
        self.changed = changed
    }

    /// - Throws: ``ForetapError/file(_:)``.
    func read() throws -> WidgetRanking? { try stored()?.ranking }

    /// Writes what the app shares, whole or not at all. Returns whether a person sees something else than before.
    ///
    /// - Throws: ``ForetapError/file(_:)``.
    func share(_ ranking: WidgetRanking) throws -> Bool {
        let before = try? stored()
        try write(ranking, isStale: false)
        return before?.isStale != false || before?.ranking.shows != ranking.shows
    }

    /// Takes out what the engine offers no more, because of the person's decisions. A file that cannot be changed is
    /// removed.
    func tidy(_ engine: EngineHandle, now: TimestampParts) {
        do {
            guard let ranking = try read() else { return }
            let kept = try ranking.entries.offered(by: engine, now: now)
            guard kept != ranking.entries else { return }
            try write(WidgetRanking(entries: kept, at: ranking.at, surface: ranking.surface), isStale: true)
            changed()
        } catch {
            remove()
        }
    }

    /// Removes it, if it is there.
    func remove() {
        guard (try? FileManager.default.removeItem(at: file)) != nil else { return }
        changed()
    }

    private func stored() throws -> Stored? {
        do {
            return try JSONDecoder().decode(Stored.self, from: Data(contentsOf: file))
        } catch CocoaError.fileReadNoSuchFile, CocoaError.fileNoSuchFile {
            return nil
        } catch {
            throw ForetapError.file("the widget's ranking cannot be read")
        }
    }

    private func write(_ ranking: WidgetRanking, isStale: Bool) throws {
        do {
            let stored = Stored(ranking: ranking, isStale: isStale)
            try JSONEncoder().encode(stored).write(to: file, options: options)
        } catch {
            throw ForetapError.file("the widget's ranking cannot be written")
        }
    }

    private var options: Data.WritingOptions {
        #if os(iOS) || os(tvOS) || os(watchOS) || os(visionOS)
            [.atomic, .completeFileProtectionUntilFirstUserAuthentication]
        #else
            .atomic
        #endif
    }

    private struct Stored: Codable {
        static let current = 1

        let format: Int
        let ranking: WidgetRanking
        /// Whether a decision changed it since the app shared it: a widget can go on drawing what it was before.
        let isStale: Bool

        init(ranking: WidgetRanking, isStale: Bool) {
            format = Self.current
            self.ranking = ranking
            self.isStale = isStale
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            format = try container.decode(Int.self, forKey: .format)
            guard format == Self.current else {
                throw DecodingError.dataCorruptedError(forKey: .format, in: container, debugDescription: "format")
            }
            let ranking = try container.decode(WidgetRanking.self, forKey: .ranking)
            self.ranking = WidgetRanking(entries: ranking.entries, at: ranking.at, surface: ranking.surface)
            isStale = try container.decodeIfPresent(Bool.self, forKey: .isStale) ?? false
        }
    }
}

extension [WidgetRanking.Entry] {
    /// Without what the engine does not offer, and without reasons that name it. The engine is asked, because only it knows
    /// what a decision is about whose item came sealed with an import.
    func offered(by engine: EngineHandle, now: TimestampParts) throws -> Self {
        let offered = try engine.offered(of: flatMap { [$0.item, $0.after].compactMap(\.self) }, now: now)
        return filter { offered.contains($0.item) }.map { entry in
            guard let after = entry.after, !offered.contains(after) else { return entry }
            var entry = entry
            entry.reason = ""
            entry.after = nil
            return entry
        }
    }
}

extension EngineHandle {
    /// Those of these items that may be shown to the person now.
    fileprivate func offered(of items: [Item], now: TimestampParts) throws -> Set<Item> {
        // An answer has 64 items at most.
        try stride(from: 0, to: items.count, by: 64).reduce(into: []) { offered, start in
            let some = items[start..<Swift.min(start + 64, items.count)]
            let request = RequestParts(
                moment: .unlockOrResume,
                now: now,
                context: PhoneContext.unknown.native,
                surface: "main",
                limit: UInt32(some.count),
                candidates: some.map(\.native),
                moveCost: nil,
                exploration: nil
            )
            offered.formUnion(try predict(request: request).public.items)
        }
    }
}

extension WidgetRanking {
    /// What a person sees of it. A probability changes a little with every prediction: tenths count.
    fileprivate var shows: [[String]] {
        entries.map {
            [$0.item.id, String($0.item.profile), $0.name, $0.reason, String(($0.probability * 10).rounded())]
        } + [[surface]]
    }
}
