import Foundation

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Keeps a log's keys in a file that only its owner can read: for servers and tests, which have no keychain. Who reads
/// the disk reads the log.
///
/// The file appears whole or not at all, and never takes the place of another.
public struct FileKeys: KeyProvider {
    private let file: URL

    /// Keys in `file`; its folder is made if it is missing, for its owner alone.
    public init(_ file: URL) {
        self.file = file
    }

    /// The keys; new ones if there is no such file.
    ///
    /// - Throws: ``ForetapError/keyUnavailable(_:)`` if the file cannot be read or made now;
    ///   ``ForetapError/keyLost(_:)`` if it is damaged.
    public func load() throws -> LogKeys {
        if let kept = try kept() { return kept }
        try make(LogKeys.random())
        guard let made = try kept() else {
            throw ForetapError.keyUnavailable("the file of keys is gone as soon as it is made")
        }
        return made
    }

    /// The keys of a log that is there.
    ///
    /// - Throws: ``ForetapError/keyUnavailable(_:)`` if the file cannot be read now; ``ForetapError/keyLost(_:)`` if it is
    ///   damaged, or gone.
    public func existing() throws -> LogKeys {
        guard let kept = try kept() else {
            throw ForetapError.keyLost("the file of keys is gone (nothing was deleted)")
        }
        return kept
    }

    /// Removes the file.
    ///
    /// - Throws: ``ForetapError/keyUnavailable(_:)`` if it cannot be removed now.
    public func erase() throws {
        guard unlink(try file.pathOfFile()) == 0 || errno == ENOENT || errno == ENOTDIR else {
            throw ForetapError.keyUnavailable("the file of keys cannot be removed now")
        }
    }

    private func kept() throws -> LogKeys? {
        let path = try file.pathOfFile()
        do {
            return try KeyBytes.keys(Data(contentsOf: file))
        } catch let error as ForetapError {
            throw error
        } catch {
            guard access(path, F_OK) != 0, errno == ENOENT || errno == ENOTDIR else {
                throw ForetapError.keyUnavailable("the file of keys cannot be read now")
            }
            return nil
        }
    }

    /// Writes the file, or leaves the one that somebody else has just written.
    private func make(_ keys: LogKeys) throws {
        let folder = file.deletingLastPathComponent()
        let draft = folder.appendingPathComponent(".\(UUID().uuidString).keys")
        let draftPath = try draft.pathOfFile()
        do {
            try FileManager.default.createDirectory(
                at: folder,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
            defer { unlink(draftPath) }
            try write(KeyBytes.of(keys), to: draftPath)
            // A second name for the draft: unlike a rename it takes nobody's place.
            guard link(draftPath, try file.pathOfFile()) == 0 || errno == EEXIST else {
                throw CocoaError(.fileWriteUnknown)
            }
            try sync(folder.pathOfFile())
        } catch {
            throw ForetapError.keyUnavailable("the file of keys cannot be made now")
        }
    }

    private func write(_ bytes: Data, to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL, 0o600)
        guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown) }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try handle.write(contentsOf: bytes)
        try handle.synchronize()
        try handle.close()
    }

    /// The folder too, or a power cut can take the new name away.
    private func sync(_ folder: String) throws {
        let descriptor = open(folder, O_RDONLY)
        guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw CocoaError(.fileWriteUnknown) }
    }
}

extension KeyProvider where Self == FileKeys {
    /// Keys in a file: `try await Foretap.open(at: .file(log), keys: .file(keys))`.
    public static func file(_ url: URL) -> FileKeys { FileKeys(url) }
}
