/// Who keeps the keys of a log: the keychain on a phone, a file on a server, something else in tests.
public protocol KeyProvider: Sendable {
    /// The keys; new ones if there never were any. Called off the cooperative threads, so it may wait.
    ///
    /// - Throws: ``ForetapError/keyUnavailable(_:)`` if they cannot be had now, ``ForetapError/keyLost(_:)`` if they cannot
    ///   be had any more. Nothing was deleted.
    func load() throws -> LogKeys

    /// The keys of a log that is there, for which new ones would be of no use. The same as ``load()`` unless a provider
    /// says otherwise.
    ///
    /// - Throws: ``ForetapError/keyUnavailable(_:)`` if they cannot be had now, ``ForetapError/keyLost(_:)`` if there are
    ///   none. Nothing was deleted, and nothing made.
    func existing() throws -> LogKeys

    /// Forgets the keys for good. What they opened stays closed.
    func erase() throws
}

extension KeyProvider {
    /// The same as ``load()``.
    public func existing() throws -> LogKeys { try load() }
}
