import Foundation

/// The files of a log.
struct LogFiles: Sendable {
    /// The database.
    let log: URL
    /// The folder that is this library's alone, where it is: it goes with the log.
    let folder: URL?
    /// Whether the log lies in an app group: iOS ends a suspended app that holds a lock on a file there, or a database
    /// whose first bytes it does not know.
    let isShared: Bool

    /// The path of the database.
    var path: String { log.path(percentEncoded: false) }

    /// Whether there is a database.
    var isThere: Bool { FileManager.default.fileExists(atPath: path) }

    /// Makes the folder if it is missing.
    func makeFolder() throws {
        do {
            try FileManager.default.createDirectory(
                at: log.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
        } catch {
            throw ForetapError.transient("the log's folder could not be made")
        }
    }

    /// Removes the folder that is this library's alone.
    func removeFolder() throws {
        guard let folder else { return }
        try? FileManager.default.removeItem(at: folder)
        guard !FileManager.default.fileExists(atPath: folder.path(percentEncoded: false)) else {
            throw ForetapError.transient("a file beside the log could not be deleted now")
        }
    }
}
