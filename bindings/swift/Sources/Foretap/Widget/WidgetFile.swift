import Foundation

/// The file between app and widget.
struct WidgetFile {
    private let file: URL

    init(_ files: LogFiles) {
        file = files.ranking
    }

    /// - Throws: ``ForetapError/file(_:)``.
    func read() throws -> WidgetRanking? {
        do {
            let ranking = try JSONDecoder().decode(Stored.self, from: Data(contentsOf: file)).ranking
            return WidgetRanking(entries: ranking.entries, at: ranking.at, surface: ranking.surface)
        } catch CocoaError.fileReadNoSuchFile, CocoaError.fileNoSuchFile {
            return nil
        } catch {
            throw ForetapError.file("the widget's ranking cannot be read")
        }
    }

    /// Writes it, whole or not at all.
    ///
    /// - Throws: ``ForetapError/file(_:)``.
    func write(_ ranking: WidgetRanking) throws {
        do {
            try JSONEncoder().encode(Stored(format: Stored.current, ranking: ranking)).write(to: file, options: options)
        } catch {
            throw ForetapError.file("the widget's ranking cannot be written")
        }
    }

    /// Leaves out what is hidden. A file that cannot be changed is removed.
    func remove(where isHidden: (Item) -> Bool) {
        do {
            guard let ranking = try read() else { return }
            let kept = ranking.entries.without(isHidden)
            guard kept != ranking.entries else { return }
            try write(WidgetRanking(entries: kept, at: ranking.at, surface: ranking.surface))
        } catch {
            try? FileManager.default.removeItem(at: file)
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

        init(format: Int, ranking: WidgetRanking) {
            self.format = format
            self.ranking = ranking
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            format = try container.decode(Int.self, forKey: .format)
            guard format == Self.current else {
                throw DecodingError.dataCorruptedError(forKey: .format, in: container, debugDescription: "format")
            }
            ranking = try container.decode(WidgetRanking.self, forKey: .ranking)
        }
    }
}

extension [WidgetRanking.Entry] {
    /// Without what is hidden, and without reasons that name it.
    func without(_ isHidden: (Item) -> Bool) -> Self {
        filter { !isHidden($0.item) }.map { entry in
            guard let after = entry.after, isHidden(after) else { return entry }
            var entry = entry
            entry.reason = ""
            entry.after = nil
            return entry
        }
    }
}

extension LogFiles {
    /// Takes what the person has just put away out of the widget's file.
    func hide(_ control: Control) {
        guard control.hidesAny else { return }
        WidgetFile(self).remove(where: control.hides)
    }
}

extension Control {
    /// Whether an item is not offered because of this, whatever else.
    func hides(_ item: Item) -> Bool {
        switch self {
        case .exclude(let hidden), .neverLearn(let hidden), .snooze(let hidden, _): hidden == item
        case .hideProfile(let profile): item.profile == profile
        case .pin, .promote, .halfLife, .pauseLearning, .unnamed: false
        }
    }

    fileprivate var hidesAny: Bool {
        switch self {
        case .exclude, .neverLearn, .snooze, .hideProfile: true
        case .pin, .promote, .halfLife, .pauseLearning, .unnamed: false
        }
    }
}
