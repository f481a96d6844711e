import Foundation

/// Keeps a log's keys in the keychain of this device: readable once the phone was unlocked after its start, in no backup
/// and on no other device.
///
/// Nothing is deleted because of an error of the keychain: every answer is asked for three times, and what remains is
/// ``ForetapError/keyUnavailable(_:)`` or, where the keychain works and has no such keys though the log is there,
/// ``ForetapError/keyLost(_:)``. Keys of an app that was deleted and installed anew are still there, and are used again.
///
/// One account is one log's: two logs of one account have the same keys, and erasing one makes the other unreadable
/// (``ForetapError/keyLost(_:)``). An app that has two gives the second an account of its own.
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
        ///   - account: under which name; `nil` for the app's bundle identifier, so that apps which share an access group do
        ///     not share keys. Each log has its own; an app and its extension name the same one.
        ///   - accessGroup: the keychain access group that the keys lie in. `nil` puts them into the first that the app has,
        ///     which is one that it shares where its entitlement `keychain-access-groups` names one, and looks for them in
        ///     all that it has.
        public init(account: String? = nil, accessGroup: String? = nil) {
            self.init(KeychainName(of: account, group: accessGroup), in: SystemKeychain())
        }
    #endif

    /// The keys; new ones if the keychain has none.
    ///
    /// - Throws: ``ForetapError/keyUnavailable(_:)`` if the keychain does not answer now, as before the first unlock;
    ///   ``ForetapError/keyLost(_:)`` if what it has are no keys; ``ForetapError/invalidArgument(_:)`` if the app may not
    ///   use it so, as an access group that its entitlements do not name.
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

    /// Removes the keys, of every log under this account.
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
            if failure.isForGood {
                throw ForetapError.invalidArgument(
                    "the app may not use the keychain so (status \(failure.status), nothing was deleted)"
                )
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
        /// Keys in the system's keychain, of an app's one log: `try await Foretap.open(at: .applicationSupport,
        /// keys: .keychain)`.
        public static var keychain: KeychainKeys { KeychainKeys() }

        /// Keys in the system's keychain, of one of the logs of an app that has several.
        public static func keychain(account: String, accessGroup: String? = nil) -> KeychainKeys {
            KeychainKeys(account: account, accessGroup: accessGroup)
        }
    }
#endif
