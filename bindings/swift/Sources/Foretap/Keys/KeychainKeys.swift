import Foundation

/// Keeps a log's keys in the keychain of this device: readable once the phone was unlocked after its start, in no backup
/// and on no other device.
///
/// Nothing is deleted because of an error of the keychain: every answer is asked for three times, and what remains is
/// ``ForetapError/keyUnavailable(_:)`` or, where the keychain works and has no such keys though the log is there,
/// ``ForetapError/keyLost(_:)``. Keys of an app that was deleted and installed anew are still there, and are used again.
public struct KeychainKeys: KeyProvider {
    private static let tries = 3

    private let name: KeychainName
    private let store: any KeychainStore
    private let pause: TimeInterval

    init(_ name: KeychainName, in store: any KeychainStore, pause: TimeInterval = 0.05) {
        self.name = name
        self.store = store
        self.pause = pause
    }

    #if canImport(Security)
        /// Keys in the system's keychain.
        ///
        /// - Parameters:
        ///   - account: under which name. Each log has its own.
        ///   - accessGroup: the keychain access group that shares them, such as one of an app and its extension; `nil`
        ///     for the app's own.
        public init(account: String = "log", accessGroup: String? = nil) {
            self.init(
                KeychainName(service: "dev.foretap", account: account, group: accessGroup),
                in: SystemKeychain()
            )
        }
    #endif

    /// The keys; new ones if the keychain has none.
    ///
    /// - Throws: ``ForetapError/keyUnavailable(_:)`` if the keychain does not answer now, as before the first unlock;
    ///   ``ForetapError/keyLost(_:)`` if what it has are no keys.
    public func load() throws -> LogKeys {
        try patiently { try kept() ?? make() }
    }

    /// The keys of a log that is there.
    ///
    /// - Throws: ``ForetapError/keyUnavailable(_:)`` if the keychain does not answer now; ``ForetapError/keyLost(_:)`` if
    ///   it works and has none.
    public func existing() throws -> LogKeys {
        try patiently {
            if let keys = try kept() { return keys }
            // One that is restarting says of every item that there is none.
            guard try isWorking() else { throw KeychainFailure(status: Self.internalError) }
            throw ForetapError.keyLost("the keychain lost the log's keys (nothing was deleted)")
        }
    }

    /// Removes the keys.
    ///
    /// - Throws: ``ForetapError/keyUnavailable(_:)`` if the keychain does not answer now.
    public func erase() throws {
        try patiently {
            try store.remove(name)
            try store.remove(name.probe)
        }
    }

    private func kept() throws -> LogKeys? {
        try store.read(name).map(KeyBytes.keys)
    }

    /// Keys count once they have been read back: who makes some at the same time has either made these, or not.
    private func make() throws -> LogKeys {
        let keys = try LogKeys.random()
        let isOurs = try store.add(name, KeyBytes.of(keys))
        guard let kept = try kept() else { throw KeychainFailure(status: Self.internalError) }
        guard !isOurs || KeyBytes.of(kept) == KeyBytes.of(keys) else {
            throw KeychainFailure(status: Self.internalError)
        }
        return kept
    }

    /// Whether the keychain keeps an item and gives it back.
    private func isWorking() throws -> Bool {
        try store.remove(name.probe)
        defer { try? store.remove(name.probe) }
        return try store.add(name.probe, Data([1])) && store.read(name.probe) == Data([1])
    }

    /// Asks up to three times, and says then what a host can act on.
    private func patiently<T>(_ work: () throws -> T) throws -> T {
        var failure = KeychainFailure(status: Self.internalError)
        for tried in 1...Self.tries {
            do {
                return try work()
            } catch let error as KeychainFailure {
                failure = error
            }
            if failure.isLocked { break }
            if tried < Self.tries { Thread.sleep(forTimeInterval: pause) }
        }
        throw ForetapError.keyUnavailable(
            "the keychain does not answer now (status \(failure.status), nothing was deleted)"
        )
    }

    /// `errSecInternalComponent`: the keychain contradicts itself.
    private static let internalError: Int32 = -2_070
}

#if canImport(Security)
    extension KeyProvider where Self == KeychainKeys {
        /// Keys in the system's keychain: `try await Foretap.open(at: .applicationSupport, keys: .keychain)`.
        public static var keychain: KeychainKeys { KeychainKeys() }
    }
#endif
