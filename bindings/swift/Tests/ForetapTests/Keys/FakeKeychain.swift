import Foundation

@testable import Foretap

/// A keychain that a test can lose, lock and break.
///
/// Unchecked: what changes is read and written under the lock alone.
final class FakeKeychain: KeychainStore, @unchecked Sendable {
    static let name = KeychainName(service: "dev.foretap", account: "log", group: nil)

    private let lock = NSLock()
    private var items: [KeychainName: Data] = [:]
    private var failing = 0
    private var status: Int32 = -1
    private var amnesic = false
    private var asked = 0

    /// How often it was asked.
    var calls: Int { lock.withLock { asked } }

    var kept: [KeychainName: Data] {
        get { lock.withLock { items } }
        set { lock.withLock { items = newValue } }
    }

    /// The next calls fail with a status.
    func fail(_ times: Int, _ status: Int32) {
        lock.withLock {
            failing = times
            self.status = status
        }
    }

    /// It says of every item that there is none, and forgets what is put in.
    func forgets(_ isAmnesic: Bool) { lock.withLock { amnesic = isAmnesic } }

    func keys(_ name: KeychainName = name) -> KeychainKeys { KeychainKeys(name, in: self, pause: 0) }

    func read(_ name: KeychainName) throws -> Data? {
        try lock.withLock {
            try failIfTold()
            return amnesic ? nil : items[name]
        }
    }

    func add(_ name: KeychainName, _ bytes: Data) throws -> Bool {
        try lock.withLock {
            try failIfTold()
            guard items[name] == nil else { return false }
            if !amnesic { items[name] = bytes }
            return true
        }
    }

    func remove(_ name: KeychainName) throws {
        try lock.withLock {
            try failIfTold()
            items[name] = nil
        }
    }

    private func failIfTold() throws {
        asked += 1
        guard failing > 0 else { return }
        failing -= 1
        throw KeychainFailure(status: status)
    }
}

extension LogKeys {
    var bytes: Data { KeyBytes.of(self) }
}
