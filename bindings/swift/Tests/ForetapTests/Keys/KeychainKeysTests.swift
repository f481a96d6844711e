import Foundation
import Testing

@testable import Foretap

@Suite struct KeychainKeysTests {
    private let keychain = FakeKeychain()
    /// `errSecNotAvailable`, `errSecInternalComponent`.
    private static let failures: [Int32] = [-25_291, -2_070]
    /// `errSecInteractionNotAllowed`.
    private static let locked: Int32 = -25_308

    @Test("keys are made once, are random, and each name has its own")
    func made() throws {
        let first = try keychain.keys().load()
        #expect(try keychain.keys().load().bytes == first.bytes)
        #expect(try keychain.keys().existing().bytes == first.bytes)
        let other = KeychainName(service: "dev.foretap", account: "other", group: nil)
        let shared = KeychainName(service: "dev.foretap", account: "log", group: "group")
        let all = try [first, keychain.keys(other).load(), keychain.keys(shared).load()]
        #expect(Set(all.map(\.key)).count == 3)
        #expect(Set(all.map(\.salt)).count == 3)
        #expect(Set(all.map(\.pseudonymSecret)).count == 3)
        #expect(keychain.kept.count == 3)
    }

    @Test("a keychain that fails now and then is asked again, and nothing is deleted", arguments: failures)
    func fails(status: Int32) throws {
        let bytes = try keychain.keys().load().bytes
        let before = keychain.kept
        for load in [KeychainKeys.load, KeychainKeys.existing] {
            keychain.fail(2, status)
            #expect(try load(keychain.keys())().bytes == bytes)
            keychain.fail(3, status)
            #expect(throws: ForetapError.unavailable(status)) { try load(keychain.keys())() }
        }
        keychain.fail(3, status)
        #expect(throws: ForetapError.unavailable(status)) { try keychain.keys().erase() }
        #expect(keychain.kept == before)
    }

    @Test("apps that share an access group do not share keys, and the logs of one app need not")
    func accounts() throws {
        let names = [
            KeychainName(of: nil, group: "shared", app: "com.example.a"),
            KeychainName(of: nil, group: "shared", app: "com.example.b"),
            KeychainName(of: "second", group: "shared", app: "com.example.a"),
        ]
        let keys = try names.map { try keychain.keys($0).load().bytes }
        #expect(Set(keys).count == 3)
        try keychain.keys(names[0]).erase()
        #expect(Set(keychain.kept.keys) == Set(names[1...]))
        #expect(!KeychainName(of: nil, group: nil, app: nil).account.isEmpty)
    }

    /// `errSecMissingEntitlement`, `errSecParam`.
    @Test("what no later try can mend is said at once, and nothing is deleted", arguments: [Int32(-34_018), -50])
    func forGood(status: Int32) async throws {
        _ = try keychain.keys().load()
        let before = keychain.kept
        let calls: [(KeychainKeys) throws -> Void] = [
            { _ = try $0.load() }, { _ = try $0.existing() }, { try $0.erase() },
        ]
        for work in calls {
            let asked = keychain.calls
            keychain.fail(1, status)
            #expect(await errorOf { try work(keychain.keys()) }?.kind == "invalidArgument")
            #expect(keychain.calls == asked + 1)
        }
        #expect(keychain.kept == before)
    }

    @Test("before the first unlock it is asked once, and says so")
    func locked() throws {
        _ = try keychain.keys().load()
        let asked = keychain.calls
        keychain.fail(1, Self.locked)
        #expect(throws: ForetapError.unavailable(Self.locked)) { try keychain.keys().load() }
        #expect(keychain.calls == asked + 1)
    }

    @Test("a keychain that fails while keys are made leaves none behind that are not used later")
    func failsMaking() throws {
        // Reading, adding, reading back: wherever it fails for good.
        for after in 0..<3 {
            let keychain = FakeKeychain()
            let store = FailingAfter(after, keychain)
            let keys = KeychainKeys(FakeKeychain.name, in: store, pause: 0)
            #expect(throws: ForetapError.self) { try keys.load() }
            let left = keychain.kept[FakeKeychain.name]
            let made = try keychain.keys().load().bytes
            #expect(left == nil || left == made)
        }
    }

    @Test("keys that are gone though the log is there are lost, and nothing is made or deleted")
    func lost() throws {
        #expect(throws: ForetapError.keyLost("the keychain lost the log's keys (nothing was deleted)")) {
            try keychain.keys().existing()
        }
        #expect(keychain.kept.isEmpty)
    }

    @Test("a keychain that says of every item that there is none is not believed")
    func amnesic() async throws {
        let bytes = try keychain.keys().load().bytes
        keychain.forgets(true)
        #expect(await errorOf { _ = try keychain.keys().existing() }?.kind == "keyUnavailable")
        #expect(await errorOf { _ = try keychain.keys().load() }?.kind == "keyUnavailable")
        keychain.forgets(false)
        #expect(try keychain.keys().load().bytes == bytes)
        #expect(keychain.kept.count == 1)
    }

    @Test("an item that is no keys is lost, and stays", arguments: [0, 1, 80, 82])
    func damaged(count: Int) async throws {
        let damaged = Data(repeating: 1, count: count)
        keychain.kept = [FakeKeychain.name: damaged]
        #expect(await errorOf { _ = try keychain.keys().load() }?.kind == "keyLost")
        #expect(await errorOf { _ = try keychain.keys().existing() }?.kind == "keyLost")
        #expect(keychain.kept == [FakeKeychain.name: damaged])
        keychain.kept = [FakeKeychain.name: Data(repeating: 2, count: 81)]
        #expect(await errorOf { _ = try keychain.keys().load() }?.kind == "keyLost")
    }

    @Test("many makers at once make one pair of keys")
    func makers() async throws {
        let keychain = keychain
        let all = try await withThrowingTaskGroup(of: Data.self) { group in
            for _ in 0..<32 { group.addTask { try keychain.keys().load().bytes } }
            return try await group.reduce(into: Set<Data>()) { $0.insert($1) }
        }
        #expect(all.count == 1)
        #expect(keychain.kept.count == 1)
    }

    @Test("erasing leaves nothing of it, and the others' alone; erasing again does nothing")
    func erase() throws {
        let other = KeychainName(service: "dev.foretap", account: "log2", group: nil)
        _ = try keychain.keys(other).load()
        let first = try keychain.keys().load().bytes
        keychain.kept[FakeKeychain.name.probe] = Data([1])
        try keychain.keys().erase()
        try keychain.keys().erase()
        #expect(Array(keychain.kept.keys) == [other])
        #expect(try keychain.keys().load().bytes != first)
    }

    @Test("no error holds a key")
    func canaries() async throws {
        let bytes = try keychain.keys().load().bytes
        keychain.kept[FakeKeychain.name] = bytes.dropLast()
        let error = try #require(await errorOf { _ = try keychain.keys().load() })
        #expect(!"\(error)".contains(bytes.base64EncodedString().prefix(8)))
        #expect(!"\(keychain.keys())".isEmpty)
    }

    @Test("a log goes on after its process, is refused without its keys, and starts over when told to")
    func log() async throws {
        let folder = try Folder()
        let keys = keychain.keys()
        let first = try await Foretap.open(at: folder.log(), keys: keys)
        try await first.record(.action("reorder"))
        try await first.close()
        let second = try await Foretap.open(at: folder.log(), keys: keys)
        #expect(try await second.health().events == 1)
        try await second.close()
        keychain.kept = [:]
        #expect(await errorOf { _ = try await Foretap.open(at: folder.log(), keys: keys) }?.kind == "keyLost")
        #expect(folder.file("log.db").isThere)
        #expect(keychain.kept.isEmpty)
        try await Foretap.eraseAt(folder.log(), keys: keys)
        #expect(!folder.file("log.db").isThere)
        let third = try await Foretap.open(at: folder.log(), keys: keys)
        #expect(try await third.opened() == .created)
        try await third.erase()
        #expect(keychain.kept.isEmpty)
    }
}

/// Works for some calls and fails from then on.
///
/// Unchecked: the count is read and written under the lock alone.
private final class FailingAfter: KeychainStore, @unchecked Sendable {
    private let lock = NSLock()
    private var left: Int
    private let keychain: FakeKeychain

    init(_ count: Int, _ keychain: FakeKeychain) {
        left = count
        self.keychain = keychain
    }

    func read(_ name: KeychainName) throws -> Data? {
        try count()
        return try keychain.read(name)
    }

    func add(_ name: KeychainName, _ bytes: Data) throws -> Bool {
        try count()
        return try keychain.add(name, bytes)
    }

    func remove(_ name: KeychainName) throws {
        try count()
        try keychain.remove(name)
    }

    private func count() throws {
        try lock.withLock {
            guard left > 0 else { throw KeychainFailure(status: -25_291) }
            left -= 1
        }
    }
}

extension ForetapError {
    fileprivate static func unavailable(_ status: Int32) -> ForetapError {
        .keyUnavailable("the keychain does not answer now (status \(status), nothing was deleted)")
    }
}
