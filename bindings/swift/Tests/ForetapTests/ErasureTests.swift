import Foundation
import Testing

@testable import Foretap

@Suite(.timeLimit(.minutes(2)))
struct ErasureTests {
    private let folder: Folder
    private var place: LogPlace { .container(folder.url) }
    private var keys: FileKeys { FileKeys(folder.file("log.keys")) }
    private var ranking: URL { folder.file("foretap/ranking.json") }
    /// A folder in the place of a file that an erasure removes.
    private var block: URL { folder.file("foretap/log.db.snapshot.tmp") }

    init() throws {
        folder = try Folder()
    }

    @Test("an erasure that fails half-way leaves nothing to the widget, and the next opening finishes it")
    func opening() async throws {
        let reloads = Reloads()
        let foretap = try await shared(reloads)
        let before = try Data(contentsOf: folder.file("log.keys"))
        try obstruct()
        #expect(await errorOf { try await foretap.erase() }?.kind == "transient")
        #expect(!ranking.isThere && folder.file("foretap/log.db.erasing").isThere)
        #expect(reloads.value == 1)
        #expect(await errorOf { try await foretap.erase() }?.kind == "closed")
        try FileManager.default.removeItem(at: block)
        // As a process leaves it that ends before it comes to this file.
        try Data("{".utf8).write(to: ranking)
        #expect(try WidgetRanking.read(at: place) == nil)
        let again = try await Foretap.open(at: place, keys: keys, options: options(reloads))
        #expect(try await again.opened() == .created)
        #expect(try await again.health().events == 0)
        #expect(!ranking.isThere && !folder.file("foretap/log.db.erasing").isThere)
        #expect(try Data(contentsOf: folder.file("log.keys")) != before)
        #expect(reloads.value == 2)
        try await again.close()
    }

    @Test("so does an erasure without opening it")
    func erasingAgain() async throws {
        let foretap = try await shared()
        try obstruct()
        #expect(await errorOf { try await foretap.erase() }?.kind == "transient")
        #expect(await errorOf { try await Foretap.eraseAt(place, keys: keys) } != nil)
        try FileManager.default.removeItem(at: block)
        try await Foretap.eraseAt(place, keys: keys)
        #expect(!folder.file("foretap").isThere && !folder.file("log.keys").isThere)
    }

    @Test("an erasure without opening it that fails leaves nothing to the widget either")
    func failing() async throws {
        try await shared().close()
        try obstruct()
        #expect(ranking.isThere)
        #expect(await errorOf { try await Foretap.eraseAt(place, keys: keys) } != nil)
        #expect(!ranking.isThere)
    }

    @Test("whether there is a log is known without opening it")
    func hasLog() async throws {
        #expect(try !Foretap.hasLog(at: place))
        let foretap = try await shared()
        #expect(try Foretap.hasLog(at: place))
        try obstruct()
        #expect(await errorOf { try await foretap.erase() }?.kind == "transient")
        #expect(try !Foretap.hasLog(at: place))
        #expect(folder.file("foretap/log.db.erasing").isThere)
    }

    @Test("what is open is not erased by others, and its widget goes on")
    func inUse() async throws {
        let closed = try await shared()
        try await closed.close()
        let foretap = try await shared()
        #expect(await errorOf { try await Foretap.eraseAt(place, keys: keys) }?.kind == "inUse")
        #expect(await errorOf { try await closed.erase() }?.kind == "closed")
        #expect(try WidgetRanking.read(at: place)?.entries.map(\.item.id) == ["secret"])
        try await foretap.close()
    }

    @Test("keys of which only a snapshot is left are lost, not made anew")
    func snapshot() async throws {
        let foretap = try await shared()
        try await foretap.maintain()
        try await foretap.close()
        #expect(folder.file("foretap/log.db.snapshot").isThere)
        for name in ["log.db", "log.db.kcv", "log.db-wal", "log.db-shm"] {
            try? FileManager.default.removeItem(at: folder.file("foretap/\(name)"))
        }
        try keys.erase()
        #expect(await errorOf { _ = try await Foretap.open(at: place, keys: keys) }?.kind == "keyLost")
        #expect(!folder.file("log.keys").isThere)
    }

    @Test("who opens while an erasure goes on waits for its end, and finds new keys", arguments: [true, false])
    func waits(isOpen: Bool) async throws {
        let keys = SlowKeys(keys)
        let foretap = try await Foretap.open(at: place, keys: keys)
        try await foretap.record(.action("secret"))
        if !isOpen { try await foretap.close() }
        let place = place
        let erasure = Task {
            if isOpen { try await foretap.erase() } else { try await Foretap.eraseAt(place, keys: keys) }
        }
        while !keys.told.contains("erase") { try await Task.sleep(for: .milliseconds(1)) }
        let again = try await Foretap.open(at: place, keys: keys)
        try await erasure.value
        #expect(keys.told == ["load", "erase", "erased", "load"])
        try await again.record(.action("new"))
        try await again.close()
        let third = try await Foretap.open(at: place, keys: keys)
        #expect(try await third.health().events == 1)
        try await third.close()
    }

    @Test("a place that has other names is one place, before its folder is there and after")
    func names() throws {
        let other = folder.file("other")
        try FileManager.default.createDirectory(at: folder.file("real"), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(at: other, withDestinationURL: folder.file("real"))
        let places = Places()
        for _ in 0..<2 {
            let waited = places.alone(LogFiles(folder: folder.file("real/foretap"))) {
                let inside = LogFiles(folder: other.appending(path: "foretap"))
                let entered = DispatchSemaphore(value: 0)
                DispatchQueue.global().async { places.alone(inside) { _ = entered.signal() } }
                return entered.wait(timeout: .now() + .milliseconds(100))
            }
            #expect(waited == .timedOut)
            try LogFiles(folder: folder.file("real/foretap")).makeFolder()
        }
        #expect(places.alone(LogFiles(folder: folder.file("a"))) { places.alone(LogFiles(folder: other)) { true } })
    }

    private func obstruct() throws {
        try FileManager.default.createDirectory(at: block.appending(path: "x"), withIntermediateDirectories: true)
    }

    private func options(_ reloads: Reloads) -> ForetapOptions { ForetapOptions(widgetChanged: { reloads.add() }) }

    /// A log that shares something with a widget.
    private func shared(_ reloads: Reloads = Reloads()) async throws -> Foretap {
        let foretap = try await Foretap.open(at: place, keys: keys, options: options(reloads))
        try await foretap.record(.action("secret"))
        try await foretap.share(foretap.predict(moment: .unlockOrResume))
        return foretap
    }
}

/// Keys that take their time to go.
///
/// Unchecked: what changes is read and written under the lock alone.
private final class SlowKeys: KeyProvider, @unchecked Sendable {
    private let keys: FileKeys
    private let lock = NSLock()
    private var calls: [String] = []

    init(_ keys: FileKeys) {
        self.keys = keys
    }

    var told: [String] { lock.withLock { calls } }

    func load() throws -> LogKeys {
        note("load")
        return try keys.load()
    }

    func erase() throws {
        note("erase")
        Thread.sleep(forTimeInterval: 0.2)
        try keys.erase()
        note("erased")
    }

    private func note(_ call: String) { lock.withLock { calls.append(call) } }
}
