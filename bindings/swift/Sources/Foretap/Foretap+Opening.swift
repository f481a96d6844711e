import Foundation
internal import ForetapFFI

extension Foretap {
    /// Opens the log at this place, or makes a new one.
    ///
    /// The first opening takes some tens of milliseconds; every further one a few.
    ///
    /// - Parameters:
    ///   - place: where the log lies; its folder is made if it is missing.
    ///   - keys: who keeps its keys.
    ///   - options: how it is kept.
    /// - Throws: ``ForetapError/inUse(_:)`` if another `Foretap` has it; ``ForetapError/keyUnavailable(_:)`` if the keychain
    ///   does not answer now; ``ForetapError/keyLost(_:)`` if it lost the key, where nothing was deleted and
    ///   ``eraseAt(_:keys:)`` starts over; ``ForetapError/keyMismatch(_:)`` if the keys are not the log's;
    ///   ``ForetapError/newer(_:)`` if a newer version wrote the log; ``ForetapError/transient(_:)`` if the storage is busy
    ///   or full; whatever `keys` throws.
    public static func open(
        at place: LogPlace,
        keys: some KeyProvider,
        options: ForetapOptions = ForetapOptions()
    ) async throws -> Foretap {
        let turns = Turns()
        return try await turns.take {
            let files = try place.files()
            let native = try options.native(isShared: files.isShared)
            return try Places.ofProcess.alone(files) {
                if files.isErasing {
                    try erase(WidgetFile(files, changed: options.widgetChanged), keys: keys, files: files) {
                        try ForetapFFI.eraseAt(path: files.path)
                    }
                }
                try files.makeFolder()
                var loaded = files.isThere ? try keys.existing() : try keys.load()
                defer { loaded.wipe() }
                let engine = try typed {
                    try ForetapFFI.open(path: files.path, key: loaded.key, salt: loaded.salt, options: native)
                }
                return Foretap(
                    engine: engine,
                    turns: turns,
                    clock: options.clock,
                    // A copy: what was loaded is overwritten.
                    pseudonyms: Pseudonyms(secret: Data(Array(loaded.pseudonymSecret))),
                    keys: keys,
                    files: files,
                    widgetChanged: options.widgetChanged
                )
            }
        }
    }

    /// Whether a log, or what is left of one, lies at this place: for work in the background, which should not begin a new
    /// one after an erasure. Opens nothing.
    ///
    /// - Throws: ``ForetapError/invalidArgument(_:)`` if there is no such place.
    public static func hasLog(at place: LogPlace) throws -> Bool {
        try place.files().isThere
    }

    /// A log in memory, which goes with it: for previews and tests.
    public static func inMemory(options: ForetapOptions = ForetapOptions()) async throws -> Foretap {
        let turns = Turns()
        return try await turns.take {
            let native = try options.native(isShared: false)
            return Foretap(
                engine: try typed { try openInMemory(options: native) },
                turns: turns,
                clock: options.clock,
                pseudonyms: Pseudonyms(secret: .random(count: LogKeys.secretBytes))
            )
        }
    }

    /// Erases the log at this place and its keys without opening it; nothing happens if there is none. For a key that is
    /// lost, for "delete my data" in a process that has no `Foretap`, and to finish an ``erase()`` that failed. A widget is
    /// to be reloaded by the caller.
    ///
    /// - Throws: ``ForetapError/inUse(_:)`` while a `Foretap` has it: ``erase()`` that one; ``ForetapError/transient(_:)``
    ///   if a file could not be deleted now: call it again; ``ForetapError/keyUnavailable(_:)`` if the keychain does not
    ///   answer now; the log is erased.
    public static func eraseAt(_ place: LogPlace, keys: some KeyProvider) async throws {
        try await Turns().take {
            let files = try place.files()
            try Places.ofProcess.alone(files) {
                try erase(WidgetFile(files), keys: keys, files: files) { try ForetapFFI.eraseAt(path: files.path) }
            }
        }
    }

    /// Everything that is stored about a person, in English: for a privacy page.
    ///
    /// - Throws: ``ForetapError/internal(_:)``.
    public static func stored() throws -> [StoredPlace] {
        try typed { try inventory(host: .swift).map(\.public) }
    }

    /// Erases the log as `work` does, the widget's file, the keys, and what other parts keep in the folder that is this
    /// library's alone. What the log's file system does not let go now is no reason to keep the widget's file, which nothing
    /// encrypts, and an error of the keys none to keep the folder.
    static func erase(
        _ widget: WidgetFile?,
        keys: (any KeyProvider)?,
        files: LogFiles?,
        _ work: () throws -> Void
    ) throws {
        do {
            try typed(work)
        } catch {
            // The log of somebody else goes on, and its widget.
            switch error as? ForetapError {
            case .inUse, .closed: break
            default: widget?.remove()
            }
            throw error
        }
        widget?.remove()
        let forgotten = Result { try keys?.erase() }
        try files?.removeFolder()
        try forgotten.get()
    }
}
