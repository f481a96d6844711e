import Foundation
import Testing

@testable import Foretap

@Suite struct FacadeTests {
    private let clock = HandClock()
    private let keys = FixedKeys()
    private let folder: Folder

    private var options: ForetapOptions { ForetapOptions(clock: clock.wall) }
    private var place: LogPlace { folder.log("foretap/log.db") }
    private var file: URL { folder.file("foretap/log.db") }

    init() throws {
        folder = try Folder()
    }

    @Test("what is recorded is predicted, with a reason and the time it took")
    func recordedIsPredicted() async throws {
        let foretap = try await inMemory(clock)
        #expect(try await foretap.predict().answeredBy == .hostOrder)
        #expect(try await foretap.record(habit(100)).allSatisfy { $0 == .stored })
        let ranking = try await foretap.predict(Request(moment: .unlockOrResume, limit: 2))
        #expect(ranking.predictions.count == 2)
        let first = try #require(ranking.predictions.first)
        #expect(first.item == mail)
        #expect((0.3...1).contains(first.probability) && first.propensity == 1 && !first.reasons.isEmpty)
        #expect(ranking.answeredBy == .model && ranking.model?.isEmpty == false)
        #expect(ranking.stages.totalNs > 0 && !ranking.isPrepared)
        #expect(ranking.surface == "main" && ranking.moment == .unlockOrResume)
    }

    @Test("the short question is the long one")
    func sugar() async throws {
        let foretap = try await inMemory(clock)
        try await foretap.record(habit(100))
        let context = PhoneContext(place: "city_1", label: .work, network: .wifi, battery: .low, audio: .car)
        let short = try await foretap.predict(
            limit: 2,
            candidates: [maps, news],
            surface: "widget",
            moment: .next,
            context: context
        )
        let request = Request(
            moment: .next,
            context: context,
            surface: "widget",
            limit: 2,
            candidates: [maps, news]
        )
        #expect(try await foretap.predict(request).predictions == short.predictions)
        #expect(Set(short.items) == [maps, news] && short.surface == "widget" && short.moment == .next)
    }

    @Test("an event that is told twice is stored once")
    func toldTwice() async throws {
        let foretap = try await inMemory(clock)
        #expect(try await foretap.record(.launch(mail, at: monday)) == .stored)
        #expect(try await foretap.record(.action("mail", at: monday)) == .duplicate)
        #expect(try await foretap.health().events == 1)
    }

    @Test("every kind of event is stored")
    func everyKind() async throws {
        let kinds: [EventKind] = [
            .launch(mail), .close(mail), .unlock, .lock, .home, .notification(mail), .notificationCleared(mail),
            .impression(item: mail, surface: "main", position: 0, propensity: 0.5),
            .impression(item: mail, surface: "main", position: 1), .dismiss(item: mail, surface: "main"),
            .install(news), .uninstall(news),
        ]
        let foretap = try await inMemory(clock)
        for kind in kinds {
            clock.advance(minutes: 1)
            #expect(try await foretap.record(Event(kind)) == .stored, "\(kind)")
        }
        #expect(try await foretap.record(.lock(at: minutes(100))) == .stored)
        #expect(try await foretap.record(.unlock(at: minutes(101))) == .stored)
        let slot = Slot(surface: "main", position: 2)
        #expect(try await foretap.record(.action("mail", profile: 3, at: minutes(102), slot: slot)) == .stored)
        #expect(try await foretap.health().events == kinds.count + 3)
    }

    @Test("history is back-filled as if it had come in time")
    func backfilled() async throws {
        let foretap = try await inMemory(clock)
        #expect(try await foretap.backfill(habit(100).shuffled()) == 100)
        #expect(try await foretap.backfill(habit(100)) == 0)
        #expect(try await foretap.predict(moment: .unlockOrResume).items.first == mail)
    }

    @Test("reasons are said in the person's language, with names that the person knows")
    func reasons() async throws {
        let foretap = try await inMemory(clock)
        let reason = Reason(.follows(maps), weight: 1)
        let follows = Prediction(item: mail, probability: 0.5, reasons: [reason], propensity: 1)
        let english = Locale(identifier: "en")
        #expect(try foretap.why(follows, locale: english) { _ in "Karten" } == ["often after Karten"])
        let said = try foretap.why(follows, locale: english)
        #expect(said == ["often after maps"])
        #expect(try foretap.why(follows, locale: Locale(identifier: "de_AT")) != said)
        #expect(try foretap.why(follows, locale: Locale(identifier: "ja_JP")) == said)
    }

    @Test("every reason has a sentence of its own")
    func everyReason() async throws {
        let codes: [ReasonCode] = [
            .oftenUsed(openings: 3), .recentlyUsed(seconds: 90), .follows(maps),
            .atThisHour(hour: 9, weekday: .monday), .firstAfterUnlock, .atThisPlace(.work), .atThisPlace(nil),
            .onThisNetwork(.wifi), .atThisBattery(.low), .withThisAudio(.car), .notifications(waiting: 2), .neverOpened,
            .pinned, .promoted, .explored,
        ]
        let reasons = codes.map { Reason($0, weight: 1) }
        let prediction = Prediction(item: mail, probability: 0.5, reasons: reasons, propensity: 1)
        let foretap = try await inMemory()
        let said = try foretap.why(prediction, locale: Locale(identifier: "en"))
        #expect(said.count == codes.count && Set(said).count == codes.count && !said.contains(""))
    }

    @Test("a prepared ranking answers the same question and says so")
    func prepared() async throws {
        let foretap = try await inMemory(clock)
        try await foretap.record(habit(50))
        var request = Request(context: PhoneContext(network: .wifi))
        try await foretap.prepare(request)
        #expect(try await foretap.predict(request).isPrepared)
        request.limit = 3
        #expect(try await !foretap.predict(request).isPrepared)
    }

    @Test("what was shown is stored and an icon stays in its slot")
    func shown() async throws {
        let foretap = try await inMemory(clock)
        try await foretap.record(habit(60))
        clock.advance(minutes: 1)
        let first = try await foretap.predict(moment: .unlockOrResume)
        let before = try await foretap.health().events
        try await foretap.shown(first)
        #expect(try await foretap.health().events == before + first.predictions.count)
        clock.advance(minutes: 1)
        #expect(try await foretap.predict(moment: .unlockOrResume).items == first.items)
    }

    @Test("health tells each moment's figures under its name")
    func moments() async throws {
        let foretap = try await inMemory(clock)
        // One visit without a pause: after the first action there is nothing but what comes next.
        try await foretap.record((0..<60).map { .launch($0 % 2 == 0 ? mail : maps, at: minutes($0 - 60)) })
        let asked = try await foretap.health().moments.mapValues(\.month.questions)
        #expect(try #require(asked[.next]) > 50)
        #expect(try #require(asked[.unlock]) < 2)
    }

    @Test("health tells how good predictions are")
    func health() async throws {
        let foretap = try await inMemory(clock)
        try await foretap.record(habit(400))
        _ = try await foretap.predict()
        let health = try await foretap.health()
        #expect(health.events == 400 && health.items == 3 && health.bytes > 0 && health.resets == 0)
        #expect(health.newestMs == minutes(-7).epochMs && health.oldestMs == minutes(-2_800).epochMs)
        #expect(Set(health.moments.keys) == Set(Moment.allCases))
        let next = try #require(health.moments[.next]).month
        #expect(next.questions > 50)
        #expect(try #require(next.foretap).at3 > 0.9)
        #expect(try #require(next.bestRule).at1 <= 1)
        #expect(health.computed.count == 1 && health.computed.p50Ns ?? 0 > 0 && health.prepared.p99Ns == nil)
        #expect(health.text.contains("400") && health.json.hasPrefix("{"))
        #expect(!(health.text + health.json).contains("mail"))
    }

    @Test("upkeep deletes what is older than the retention")
    func upkeep() async throws {
        let foretap = try await inMemory(clock, retentionDays: 1)
        // 5,000 events stay whatever their age.
        try await foretap.backfill((0..<5_100).map { .launch($0 % 2 == 0 ? mail : maps, at: minutes($0)) })
        #expect(try await foretap.maintain() == 100)
        try await foretap.checkpoint()
        #expect(try await foretap.health().events == 5_000)
    }

    @Test("a log that is opened again goes on where it was")
    func reopened() async throws {
        let first = try await Foretap.open(at: place, keys: keys, options: options)
        #expect(try await first.opened() == .created)
        try await first.record(habit(200))
        try await first.decide(.exclude(news))
        let before = try await first.predict(moment: .unlockOrResume)
        try await first.close()
        do {
            let foretap = try await Foretap.open(at: place, keys: keys, options: options)
            #expect(try await foretap.opened() == .existing)
            #expect(try await foretap.predict(moment: .unlockOrResume).predictions == before.predictions)
            #expect(try await foretap.decisions().map(\.control) == [.exclude(news)])
            try await foretap.close()
        }
    }

    @Test("whoever lets go of a log has closed it")
    func letGo() async throws {
        for _ in 0..<3 {
            var foretap: Foretap? = try await Foretap.open(at: place, keys: keys, options: options)
            try await foretap?.record(.launch(mail))
            foretap = nil
            // Closed behind what was asked before, on a thread of its own.
            while await errorOf({ try await Foretap.open(at: place, keys: keys).close() })?.kind == "inUse" {
                try await Task.sleep(for: .milliseconds(1))
            }
        }
        #expect(file.isThere)
    }

    @Test("erasing leaves no file and no key")
    func erased() async throws {
        let foretap = try await Foretap.open(at: place, keys: keys, options: options)
        try await foretap.record(habit(50))
        try await foretap.maintain()
        try await foretap.erase()
        #expect(keys.isErased)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("foretap").path()) == [])
        #expect(await errorOf { _ = try await foretap.predict() }?.kind == "closed")
        try await foretap.close()
    }

    @Test("a log is erased without its key")
    func erasedAt() async throws {
        try await Foretap.eraseAt(place, keys: keys)
        #expect(keys.isErased && !folder.file("foretap").isThere)
        let foretap = try await Foretap.open(at: place, keys: keys, options: options)
        try await foretap.record(habit(5))
        let refused = await errorOf { try await Foretap.eraseAt(place, keys: keys) }
        #expect(refused?.kind == "inUse" && file.isThere)
        try await foretap.close()
        try await Foretap.eraseAt(place, keys: FixedKeys(99))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("foretap").path()) == [])
    }

    @Test("a folder of the library's own goes with its log, and a key that stays does not keep it")
    func ownFolder() throws {
        struct Stuck: KeyProvider {
            func load() throws -> LogKeys { throw ForetapError.keyUnavailable("locked") }
            func erase() throws { throw ForetapError.keyUnavailable("locked") }
        }
        let own = folder.file("own")
        let files = LogFiles(log: own.appending(path: "log.db"), folder: own, isShared: false)
        try files.makeFolder()
        try Data([1]).write(to: own.appending(path: "beside"))
        #expect(throws: ForetapError.keyUnavailable("locked")) {
            try Foretap.erase(nil, keys: Stuck(), files: files) {}
        }
        #expect(!own.isThere)
    }

    @Test("closing twice is closing once, and what comes after is refused in words")
    func closed() async throws {
        let foretap = try await Foretap.open(at: place, keys: keys, options: options)
        try await foretap.close()
        try await foretap.close()
        let refused = await [
            errorOf { try await foretap.record(.unlock()) },
            errorOf { _ = try await foretap.health() },
            errorOf { try await foretap.erase() },
        ]
        #expect(refused.map(\.?.kind) == ["closed", "closed", "closed"])
        #expect(refused.compactMap { $0?.localizedDescription }.allSatisfy { $0 == "the engine is closed" })
        #expect(!keys.isErased)
    }

    @Test("what is stored is told for a privacy page")
    func stored() throws {
        let places = try Foretap.stored()
        let fields = places.flatMap(\.fields)
        #expect(places.count > 3 && fields.contains { $0.name == "item" || $0.what.contains("item") })
        #expect(fields.allSatisfy { !$0.what.isEmpty && !$0.keeping.isEmpty && !$0.readers.isEmpty })
    }

    @Test("a bundle that cannot be used is refused and the statistics answer alone")
    func brokenBundle() async throws {
        do {
            let foretap = try await inMemory(clock, model: .bundle(Data(count: 100)))
            try await foretap.record(habit(50))
            #expect(try await foretap.predict(moment: .unlockOrResume).answeredBy == .mixer)
            let health = try await foretap.health()
            #expect(health.model == nil && health.modelRefused?.isEmpty == false)
        }
        do {
            let foretap = try await inMemory(clock, model: .off)
            let health = try await foretap.health()
            #expect(health.model == nil && health.modelRefused == nil)
        }
    }

    @Test("actions that usually come next are offered next")
    func actions() async throws {
        let foretap = try await inMemory(clock)
        for day in -40..<0 {
            let at = minutes(day * 1_440)
            try await foretap.record(.action("open tickets", at: at))
            try await foretap.record(.action("reorder", at: at.plus(ms: minuteMs)))
        }
        try await foretap.record(.action("open tickets"))
        let actions = ["open tickets", "reorder", "call support"].map { Item($0) }
        let next = try await foretap.predict(limit: 3, candidates: actions, surface: "widget", moment: .next)
        #expect(next.items == [actions[1], actions[2]])
    }

    @Test("events are stored as safely as asked for")
    func durable() async throws {
        let full = ForetapOptions(clock: clock.wall, durability: .full)
        do {
            let foretap = try await Foretap.open(at: place, keys: keys, options: full)
            #expect(try await foretap.record(habit(10)).count == 10)
            try await foretap.close()
        }
        do {
            let foretap = try await Foretap.open(at: place, keys: keys, options: options)
            #expect(try await foretap.health().events == 10)
            try await foretap.close()
        }
    }
}
