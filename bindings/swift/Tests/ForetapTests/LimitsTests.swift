import Foundation
import Testing

@testable import Foretap

@Suite struct LimitsTests {
    private let folder: Folder
    private let options = ForetapOptions(clock: HandClock().wall)

    private typealias Call = @Sendable (Foretap) async throws -> Void

    init() throws {
        folder = try Folder()
    }

    private func actions(_ count: Int) -> [Item] { (0..<count).map { Item("\($0)") } }

    @Test("what is at a limit is accepted")
    func atLimits() async throws {
        let file = folder.file("export")
        let fine: [Call] = [
            { try await $0.record(.action(String(repeating: "x", count: 256), at: monday)) },
            { try await $0.record(.action("x", profile: .max, at: monday)) },
            { try await $0.record(.unlock(at: Timestamp(epochMs: monday.epochMs, utcOffsetMinutes: 1_080))) },
            { try await $0.record(.unlock(at: Timestamp(epochMs: monday.epochMs, utcOffsetMinutes: -1_080))) },
            { try await $0.record(.unlock(at: monday, context: PhoneContext(place: words(64)))) },
            { try await $0.record(Event(.impression(item: mail, surface: words(64), position: 255, propensity: 1))) },
            { try await $0.record(Event(.impression(item: mail, surface: "s", position: 0, propensity: 1e-9))) },
            { _ = try await $0.predict(limit: 1) },
            { _ = try await $0.predict(limit: 64) },
            { _ = try await $0.predict(Request(moveCost: 1)) },
            { _ = try await $0.predict(Request(exploration: Exploration(share: 1, seed: .max))) },
            { _ = try await $0.predict(candidates: actions(4_096)) },
            { try await $0.undo(try await $0.decide(.pin(mail, position: 63))) },
            { try await $0.undo(try await $0.decide(.halfLife(mail, days: 3_650))) },
            { try await $0.undo(try await $0.decide(.hideProfile(.max))) },
            { try await $0.export(to: file, secret: .passphrase(words(8))) },
            { _ in try await Foretap.inMemory(options: ForetapOptions(retentionDays: 65_535)).close() },
            { _ = try $0.pseudonyms.place(latitude: -90, longitude: 180) },
        ]
        let foretap = try await Foretap.inMemory(options: options)
        for (number, call) in fine.enumerated() {
            await #expect(throws: Never.self, "number \(number)") { try await call(foretap) }
        }
        try await foretap.close()
    }

    @Test("what is beyond a limit is refused")
    func beyondLimits() async throws {
        let file = folder.file("export")
        let bytes = Data(count: 32)
        let beyond: [Call] = [
            { try await $0.record(.action(words(257), at: monday)) },
            { try await $0.record(.action("", at: monday)) },
            { try await $0.record(.action("a\nb", at: monday)) },
            { try await $0.record(.unlock(at: Timestamp(epochMs: monday.epochMs, utcOffsetMinutes: 1_081))) },
            { try await $0.record(.unlock(at: Timestamp(epochMs: monday.epochMs, utcOffsetMinutes: .min))) },
            { try await $0.record(.unlock(at: Timestamp(epochMs: .max, utcOffsetMinutes: 0))) },
            { try await $0.record(.unlock(at: Timestamp(.distantPast.addingTimeInterval(-.infinity)))) },
            { try await $0.record(.unlock(at: Timestamp(Date(timeIntervalSince1970: .nan)))) },
            { try await $0.record(.unlock(at: monday, context: PhoneContext(place: words(65)))) },
            { try await $0.record(Event(.impression(item: mail, surface: "s", position: 256))) },
            { try await $0.record(Event(.impression(item: mail, surface: "s", position: -1))) },
            { try await $0.record(Event(.impression(item: mail, surface: "s", position: 0, propensity: 0))) },
            { try await $0.record(Event(.impression(item: mail, surface: "s", position: 0, propensity: .nan))) },
            { try await $0.record(.launch(mail, slot: Slot(surface: "s", position: 256))) },
            { try await $0.record([.launch(mail), .launch(Item(""))]) },
            { try await $0.backfill([.launch(mail), .launch(Item(""))]) },
            { _ = try await $0.predict(limit: 0) },
            { _ = try await $0.predict(limit: 65) },
            { _ = try await $0.predict(limit: -1) },
            { _ = try await $0.predict(surface: "") },
            { _ = try await $0.predict(surface: words(65)) },
            { _ = try await $0.predict(Request(moveCost: 1.01)) },
            { _ = try await $0.predict(Request(moveCost: .nan)) },
            { _ = try await $0.predict(Request(exploration: Exploration(share: -0.1, seed: 1))) },
            { try await $0.prepare(Request(candidates: actions(4_097))) },
            { try await $0.decide(.pin(mail, position: 64)) },
            { try await $0.decide(.pin(mail, position: -1)) },
            { try await $0.decide(.halfLife(mail, days: 0)) },
            { try await $0.decide(.halfLife(mail, days: 3_651)) },
            { try await $0.decide(.halfLife(mail, days: 70_000)) },
            { try await $0.decide(.unnamed(isNeverLearn: true)) },
            { _ = try await $0.beginModelSync(root: Data()) },
            { _ = try await $0.beginModelSync(root: Data(count: 65_537)) },
            { try await $0.export(to: file, secret: .passphrase(words(7))) },
            { try await $0.export(to: file, secret: .key(Data(count: 31))) },
            { _ in _ = try await Foretap.inMemory(options: ForetapOptions(retentionDays: 0)) },
            { _ in _ = try await Foretap.inMemory(options: ForetapOptions(retentionDays: 65_536)) },
            { _ in _ = try await Foretap.inMemory(options: ForetapOptions(retentionBytes: -1)) },
            { _ in _ = try LogKeys(key: Data(count: 31), salt: Data(count: 16), pseudonymSecret: bytes) },
            { _ in _ = try LogKeys(key: bytes, salt: bytes, pseudonymSecret: bytes) },
            { _ in _ = try Pseudonyms(secret: Data(count: 31)).userID("ada") },
            { _ = try $0.pseudonyms.place(latitude: 90.1, longitude: 0) },
            { _ = try $0.pseudonyms.place(latitude: .nan, longitude: 0) },
        ]
        let foretap = try await Foretap.inMemory(options: options)
        for (number, call) in beyond.enumerated() {
            let refused = await errorOf { try await call(foretap) }
            #expect(refused?.kind == "invalidArgument", "number \(number)")
        }
        #expect(try await foretap.health().events == 0)
        try await foretap.close()
    }

    @Test("a time that no calendar has is the last or the first there is, not a crash")
    func times() {
        let last = Timestamp(epochMs: .max, utcOffsetMinutes: 0)
        let first = Timestamp(epochMs: .min, utcOffsetMinutes: 0)
        #expect(last.plus(ms: 1) == last && first.plus(ms: -1) == first)
        #expect(last.plus(ms: -1).epochMs == .max - 1)
        let utc = TimeZone(secondsFromGMT: 3_600) ?? .current
        #expect(Timestamp(monday.date, in: utc) == monday)
        #expect(Timestamp(Date(timeIntervalSince1970: 1e300), in: utc).epochMs == .max)
    }

    @Test(
        "a percentage is one of four categories",
        arguments: [(0, Battery.low), (19, .low), (20, .medium), (50, .medium), (51, .high), (100, .high)]
    )
    func battery(percent: Int, category: Battery) {
        #expect(Battery(percent: percent, isCharging: false) == category)
        #expect(Battery(percent: percent, isCharging: true) == .charging)
    }

    @Test("another key is refused and nothing is changed")
    func otherKey() async throws {
        let place = folder.log()
        do {
            let foretap = try await Foretap.open(at: place, keys: FixedKeys(7), options: options)
            try await foretap.record(habit(20))
            try await foretap.close()
        }
        let before = try Data(contentsOf: folder.file("log.db"))
        let refused = await errorOf { _ = try await Foretap.open(at: place, keys: FixedKeys(8), options: options) }
        #expect(refused?.kind == "keyMismatch")
        #expect(try Data(contentsOf: folder.file("log.db")) == before)
        do {
            let foretap = try await Foretap.open(at: place, keys: FixedKeys(7), options: options)
            #expect(try await foretap.health().events == 20)
            try await foretap.close()
        }
    }

    @Test("whoever keeps the keys is asked for those of a log that is there, and what it throws is told")
    func existingKeys() async throws {
        struct Forgetful: KeyProvider {
            func load() throws -> LogKeys { try FixedKeys(7).load() }
            func existing() throws -> LogKeys { throw ForetapError.keyLost("gone") }
            func erase() {}
        }
        let place = folder.log()
        try await Foretap.open(at: place, keys: Forgetful(), options: options).close()
        let lost = await errorOf { _ = try await Foretap.open(at: place, keys: Forgetful(), options: options) }
        #expect(lost == .keyLost("gone"))
        #expect(folder.file("log.db").isThere)
        try await Foretap.eraseAt(place, keys: Forgetful())
        try await Foretap.open(at: place, keys: Forgetful(), options: options).close()
    }

    @Test("a second engine on the same log is told that it is in use, and gets it afterwards")
    func inUse() async throws {
        let place = folder.log()
        let foretap = try await Foretap.open(at: place, keys: FixedKeys(), options: options)
        let refused = await errorOf { _ = try await Foretap.open(at: place, keys: FixedKeys(), options: options) }
        #expect(refused?.kind == "inUse")
        try await foretap.close()
        try await Foretap.open(at: place, keys: FixedKeys(), options: options).close()
    }

    @Test("what is no place for a log is refused")
    func noPlace() async throws {
        let inTheWay = folder.file("log.db")
        try FileManager.default.createDirectory(at: inTheWay, withIntermediateDirectories: true)
        let folderThere = await errorOf { _ = try await Foretap.open(at: folder.log(), keys: FixedKeys()) }
        #expect(folderThere?.kind == "invalidArgument" && inTheWay.isThere)
        let web = try #require(URL(string: "https://example.com/log.db"))
        let remote = await errorOf { _ = try await Foretap.open(at: .file(web), keys: FixedKeys()) }
        #expect(remote?.kind == "invalidArgument")
        try Data().write(to: folder.file("plain"))
        let below = await errorOf { _ = try await Foretap.open(at: folder.log("plain/log.db"), keys: FixedKeys()) }
        #expect(below?.kind == "transient")
    }

    @Test("a damaged log is set aside and what its snapshot knew goes on")
    func damaged() async throws {
        let file = folder.file("log.db")
        do {
            let foretap = try await Foretap.open(at: folder.log(), keys: FixedKeys(), options: options)
            try await foretap.record(habit(100))
            try await foretap.maintain()
            try await foretap.close()
        }
        try Data(repeating: 1, count: try Data(contentsOf: file).count).write(to: file)
        try? FileManager.default.removeItem(at: folder.file("log.db-wal"))
        do {
            let foretap = try await Foretap.open(at: folder.log(), keys: FixedKeys(), options: options)
            #expect(try await foretap.opened() == .setAside(restored: true))
            #expect(try await foretap.health().resets == 1)
            #expect(try await foretap.predict(moment: .unlockOrResume).items.first == mail)
            try await foretap.close()
        }
    }

    @Test("a log that is gone is told, and what its snapshot knew goes on")
    func vanished() async throws {
        do {
            let foretap = try await Foretap.open(at: folder.log(), keys: FixedKeys(), options: options)
            try await foretap.record(habit(100))
            try await foretap.maintain()
            try await foretap.close()
        }
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(at: folder.file("log.db\(suffix)")) }
        do {
            let foretap = try await Foretap.open(at: folder.log(), keys: FixedKeys(), options: options)
            #expect(try await foretap.opened() == .vanished(restored: true))
            try await foretap.close()
        }
    }
}

private func words(_ count: Int) -> String { String(repeating: "x", count: count) }
