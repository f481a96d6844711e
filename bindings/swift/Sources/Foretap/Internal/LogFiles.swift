import Foundation

/// The files of a log.
struct LogFiles: Sendable {
    /// The database.
    let log: URL
    /// The folder that is this library's alone, where it is: it goes with the log.
    let folder: URL?
    /// Whether the log lies in an app group: iOS ends a suspended app that holds a lock on a file there, or a database
    /// whose first bytes it does not know. So it is not locked there, and begins with a plaintext header.
    let isShared: Bool

    init(log: URL, folder: URL?, isShared: Bool) {
        self.log = log
        self.folder = folder
        self.isShared = isShared
    }

    /// The files in a folder that is this library's alone.
    init(folder: URL, isShared: Bool = false) {
        self.init(log: folder.appendingPathComponent("log.db"), folder: folder, isShared: isShared)
    }

    /// The path of the database.
    var path: String { log.path(percentEncoded: false) }

    /// What a widget reads.
    var ranking: URL {
        guard let folder else { return log.appendingPathExtension("ranking.json") }
        return folder.appendingPathComponent("ranking.json")
    }

    /// Whether there is a log, or what is left of one: its keys are not to be made anew.
    var isThere: Bool {
        !isErasing && ["", ".kcv", ".snapshot", "-wal", ".quarantine"].contains { exists($0) }
    }

    /// Whether an erasure was begun and is not finished.
    var isErasing: Bool { exists(".erasing") }

    private func exists(_ suffix: String) -> Bool { FileManager.default.fileExists(atPath: path + suffix) }

    /// Makes the folder if it is missing. The library's own is marked anew each time: a restored phone has lost the marks.
    func makeFolder(marks: some FolderMarks = SystemMarks()) throws {
        do {
            try FileManager.default.createDirectory(
                at: folder ?? log.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            guard let folder else { return }
            try marks.protect(folder)
            try marks.excludeFromBackup(folder)
        } catch {
            throw ForetapError.transient("the log's folder could not be made")
        }
    }

    /// Removes the folder that is this library's alone, or what lies beside a log that has none. What tells the next log here
    /// what a server is to erase stays.
    func removeFolder() throws {
        let kept = exists(Self.erasures) ? log.lastPathComponent + Self.erasures : nil
        for removed in try removable(but: kept) { try? FileManager.default.removeItem(at: removed) }
        guard try removable(but: kept).isEmpty else {
            throw ForetapError.transient("a file beside the log could not be deleted now")
        }
    }

    /// What an erasure leaves of what was sent.
    private static let erasures = ".erasures"

    /// What ``removeFolder()`` removes, as far as it is there.
    private func removable(but kept: String?) throws -> [URL] {
        let all = FileManager.default
        guard let folder, let kept else {
            let whole = folder ?? ranking
            return all.fileExists(atPath: whole.path(percentEncoded: false)) ? [whole] : []
        }
        do {
            return try all.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
                .filter { $0.lastPathComponent != kept }
        } catch {
            throw ForetapError.transient("the log's folder could not be read now")
        }
    }
}
