import Foundation

/// Lets one opening or erasure at a time work on a place: log, keys and folder are more than the engine's claim covers.
///
/// Unchecked: what it holds is read and written under its lock alone.
final class Places: @unchecked Sendable {
    static let ofProcess = Places()

    private let condition = NSCondition()
    private var taken: Set<String> = []

    /// Does `work` when nobody else works on the log of these files.
    func alone<T>(_ files: LogFiles, _ work: () throws -> T) rethrows -> T {
        let name = Self.name(of: files.log)
        condition.withLock {
            while taken.contains(name) { condition.wait() }
            taken.insert(name)
        }
        defer {
            condition.withLock {
                taken.remove(name)
                condition.broadcast()
            }
        }
        return try work()
    }

    /// One name for a file that has many, whether or not its folders are there yet.
    private static func name(of file: URL) -> String {
        var (folder, missing) = (file.absoluteURL.standardizedFileURL, "")
        repeat {
            missing = "/" + folder.lastPathComponent + missing
            folder = folder.deletingLastPathComponent()
        } while folder.path.count > 1 && !FileManager.default.fileExists(atPath: folder.path)
        return folder.resolvingSymlinksInPath().path + missing
    }
}
