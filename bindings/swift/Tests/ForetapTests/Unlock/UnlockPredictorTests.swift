import Foundation
import Testing

@testable import Foretap

@Suite(.timeLimit(.minutes(2)))
struct UnlockPredictorTests {
    private let clock = HandClock()
    private let unlocks: ManualUnlocks
    private let foretap: Foretap

    init() async throws {
        unlocks = ManualUnlocks(clock: clock.wall)
        foretap = try await inMemory(clock)
        try await foretap.record(habit(60))
    }

    @Test("each unlock gives a ranking and is recorded")
    func unlock() async throws {
        let predictor = predictor()
        var rankings = predictor.rankings.makeAsyncIterator()
        for count in 1...3 {
            clock.advance(minutes: 10)
            unlocks.unlocked()
            let unlock = try #require(try await rankings.next())
            #expect(unlock.ranking.items.first == mail)
            #expect(unlock.ranking.predictions.count <= 3)
            unlocks.locked()
            try await events(60 + 2 * count)
        }
        #expect(predictor.latency.unlocks.count == 3)
    }

    @Test("the surroundings are part of the question and of what is recorded")
    func surroundings() async throws {
        let asked = Kept<PhoneContext>()
        let known = KnownSurroundings {
            asked.keep(PhoneContext(battery: .low))
            return PhoneContext(battery: .low)
        }
        var rankings = predictor(surroundings: known).rankings.makeAsyncIterator()
        unlocks.unlocked()
        _ = try await rankings.next()
        try await events(61)
        #expect(asked.values.count == 1)
    }

    @Test("an arrival that is heard of twice is recorded once, and gives a ranking each time")
    func twice() async throws {
        var rankings = predictor().rankings.makeAsyncIterator()
        for _ in 0..<3 {
            unlocks.unlocked()
            _ = try #require(try await rankings.next())
        }
        clock.advance(minutes: 1)
        for _ in 0..<3 { unlocks.locked() }
        try await events(62)
        clock.advance(minutes: 1)
        unlocks.unlocked()
        _ = try #require(try await rankings.next())
        try await events(63)
        try await Task.sleep(for: .milliseconds(50))
        #expect(try await foretap.health().events == 63)
    }

    @Test("what lay over the app and is gone is no arrival, and the reader can tell")
    func arrivals() async throws {
        var rankings = predictor().rankings.makeAsyncIterator()
        var told: [Bool] = []
        // Unlocked with the app below; Control Center twice; left; back.
        for tell in [unlocks.unlocked, unlocks.resumed, unlocks.resumed, unlocks.resumed] {
            tell()
            told.append(try #require(try await rankings.next()).isArrival)
            clock.advance(minutes: 1)
        }
        unlocks.locked()
        try await events(62)
        clock.advance(minutes: 1)
        unlocks.resumed()
        told.append(try #require(try await rankings.next()).isArrival)
        #expect(told == [true, false, false, false, true])
        try await events(63)
    }

    @Test("who comes to the app an hour after the phone was unlocked arrives then")
    func unlockedForSomethingElse() async throws {
        var rankings = predictor().rankings.makeAsyncIterator()
        unlocks.unlocked()
        #expect(try await rankings.next()?.isArrival == true)
        clock.advance(minutes: 60)
        unlocks.resumed()
        #expect(try await rankings.next()?.isArrival == true)
        try await events(62)
    }

    @Test("an arrival that a slow reader missed is told with the newer ranking")
    func missedArrival() async throws {
        let predictor = predictor()
        var rankings = predictor.rankings.makeAsyncIterator()
        unlocks.unlocked()
        unlocks.resumed()
        try await until { predictor.latency.unlocks.last?[.inferred] != nil && predictor.latency.unlocks.count == 2 }
        unlocks.locked()
        try await events(62)
        #expect(try await rankings.next()?.isArrival == true)
    }

    @Test("when the person leaves the next ranking is prepared")
    func prepares() async throws {
        var rankings = predictor().rankings.makeAsyncIterator()
        unlocks.locked()
        try await events(61)
        clock.advance(minutes: 1)
        unlocks.unlocked()
        #expect(try await rankings.next()?.ranking.isPrepared == true)
    }

    @Test("while power is saved nothing is prepared")
    func savesPower() async throws {
        let saving = PhoneSurroundings(
            foretap.pseudonyms,
            battery: nil,
            power: Saving(),
            network: nil,
            position: nil,
            audio: nil
        )
        var rankings = predictor(surroundings: saving).rankings.makeAsyncIterator()
        unlocks.locked()
        try await events(61)
        clock.advance(minutes: 1)
        unlocks.unlocked()
        #expect(try await rankings.next()?.ranking.isPrepared == false)
    }

    @Test("a host that records unlocks and locks itself has them told once")
    func recordsItself() async throws {
        var rankings = predictor(recordsLocks: false).rankings.makeAsyncIterator()
        for _ in 0..<2 {
            unlocks.locked()
            unlocks.unlocked()
            _ = try #require(try await rankings.next())
        }
        #expect(try await foretap.health().events == 60)
    }

    @Test("marks are reached in order, and drawn once the row is on the screen")
    func marks() async throws {
        let predictor = predictor()
        var rankings = predictor.rankings.makeAsyncIterator()
        unlocks.unlocked()
        let unlock = try #require(try await rankings.next())
        #expect(unlock.times[.drawn] == nil)
        unlock.drawn()
        let first = try #require(unlock.times[.drawn])
        unlock.drawn()
        #expect(unlock.times[.drawn] == first)
        let reached = UnlockMark.allCases.compactMap { unlock.times[$0] }
        #expect(reached.count == 4 && reached == reached.sorted())
        for mark in UnlockMark.allCases {
            #expect(predictor.latency.quantileNs(mark, share: 0.5) == unlock.times[mark])
            #expect(predictor.latency.withinBudget(mark) != nil)
        }
    }

    @Test("nobody is listened to before somebody reads, nor after")
    func listens() async throws {
        let predictor = predictor()
        #expect(unlocks.listenerCount == 0)
        let reading = Task { for try await _ in predictor.rankings {} }
        try await until { unlocks.listenerCount == 1 }
        reading.cancel()
        _ = try await reading.value
        try await until { unlocks.listenerCount == 0 }
        unlocks.unlocked()
        #expect(try await foretap.health().events == 60)
        // And again.
        var rankings = predictor.rankings.makeAsyncIterator()
        unlocks.unlocked()
        _ = try #require(try await rankings.next())
        try await events(61)
    }

    @Test("many readers read every ranking, and each unlock is recorded once")
    func readers() async throws {
        let predictor = predictor()
        var all = (0..<4).map { _ in predictor.rankings.makeAsyncIterator() }
        unlocks.unlocked()
        var rankings: [Ranking] = []
        for index in all.indices { rankings.append(try #require(try await all[index].next()).ranking) }
        #expect(Set(rankings).count == 1)
        #expect(unlocks.listenerCount == 1)
        #expect(predictor.latency.unlocks.count == 1)
        try await events(61)
    }

    @Test("a slow reader gets the newest")
    func newest() async throws {
        var rankings = predictor().rankings.makeAsyncIterator()
        unlocks.unlocked()
        unlocks.locked()
        try await events(62)
        try await foretap.decide(.exclude(mail))
        clock.advance(minutes: 1)
        unlocks.unlocked()
        try await events(63)
        #expect(try await rankings.next()?.ranking.items.contains(mail) == false)
    }

    @Test("a closed engine ends the rankings in words, and what the storage cannot do now does not")
    func closed() async throws {
        let refused = Kept<Int>()
        let request: @Sendable () -> Request = {
            refused.keep(1)
            return Request(limit: refused.values.count == 1 ? 65 : 3)
        }
        let predictor = UnlockPredictor(
            foretap,
            unlocks: unlocks,
            surroundings: KnownSurroundings(),
            clock: clock.wall,
            request: request
        )
        var rankings = predictor.rankings.makeAsyncIterator()
        unlocks.unlocked()
        unlocks.unlocked()
        _ = try #require(try await rankings.next())
        #expect(refused.values.count == 2)
        try await foretap.close()
        unlocks.unlocked()
        let error = await errorOf { _ = try await rankings.next() }
        #expect(error?.kind == "closed")
        try await until { unlocks.listenerCount == 0 }
    }

    @Test("a source that ends ends the rankings")
    func ends() async throws {
        let predictor = UnlockPredictor(foretap, unlocks: Once(), surroundings: KnownSurroundings())
        var count = 0
        for try await _ in predictor.rankings { count += 1 }
        #expect(count == 1)
    }

    @Test("what is heard before the log is open is told to who asks first, and to nobody else")
    func remembered() async throws {
        let remembered = RememberedUnlocks(unlocks)
        unlocks.unlocked()
        var rankings = foretap.rankings(at: remembered, surroundings: KnownSurroundings()).makeAsyncIterator()
        #expect(try await rankings.next() != nil)
        try await events(61)
        let second = Kept<UnlockSignal.Kind>()
        let listening = Task { for await signal in remembered.signals() { second.keep(signal.kind) } }
        try await until { unlocks.listenerCount == 2 }
        unlocks.locked()
        try await until { !second.values.isEmpty }
        #expect(second.values == [.lock])
        listening.cancel()
    }

    @Test("what was heard long ago is recorded with its time, and the newest of it alone is answered")
    func late() async throws {
        let folder = try Folder()
        let empty = try await Foretap.open(
            at: folder.log(),
            keys: FixedKeys(),
            options: ForetapOptions(clock: clock.wall)
        )
        let remembered = RememberedUnlocks(unlocks)
        let first = clock.now
        for tell in [unlocks.unlocked, unlocks.locked, unlocks.unlocked, unlocks.locked, unlocks.resumed] {
            tell()
            clock.advance(minutes: 10)
        }
        clock.advance(minutes: 70)
        let predictor = UnlockPredictor(
            empty,
            unlocks: remembered,
            surroundings: KnownSurroundings(),
            clock: clock.wall
        )
        var rankings = predictor.rankings.makeAsyncIterator()
        #expect(try await rankings.next()?.isArrival == true)
        try await until { try await empty.health().events == 5 }
        #expect(predictor.latency.unlocks.count == 1)
        #expect(try await empty.health().oldestMs == first.epochMs)
        try await empty.close()
    }

    @Test("a source that nobody reads keeps the newest signals")
    func bounded() async throws {
        let signals = unlocks.signals()
        for _ in 0..<UnlockBacklog.capacity { unlocks.locked() }
        for _ in 0..<UnlockBacklog.capacity { unlocks.unlocked() }
        var kept: [UnlockSignal.Kind] = []
        for await signal in signals {
            kept.append(signal.kind)
            if kept.count == UnlockBacklog.capacity { break }
        }
        #expect(Set(kept) == [.unlock])
        let backlog = UnlockBacklog()
        for kind in [UnlockSignal.Kind.lock, .unlock] {
            for _ in 0..<UnlockBacklog.capacity { backlog.add(UnlockSignal(kind)) }
        }
        #expect(backlog.take().map(\.kind) == kept && backlog.take().isEmpty)
    }

    @Test("a task that ends late does not end the readers of the next")
    func rounds() async throws {
        let readers = UnlockReaders()
        let old = Kept<Int>()
        let begin: (Int) -> Task<Void, any Error> = { number in
            old.keep(number)
            return Task {}
        }
        var first: UnlockReaders.Rankings.Iterator? = readers.add(beginning: begin).makeAsyncIterator()
        #expect(first != nil)
        first = nil
        let second = readers.add(beginning: begin)
        #expect(old.values == [1, 2])
        readers.finish(1, throwing: ForetapError.closed("of another"))
        readers.finish(2, throwing: nil)
        for try await _ in second {}
    }

    @Test("the rankings of an engine in one line live as long as they are read")
    func oneLine() async throws {
        let request: @Sendable () -> Request = { Request(moment: .unlockOrResume, limit: 1) }
        var rankings = foretap.rankings(at: unlocks, surroundings: KnownSurroundings(), request: request)
            .makeAsyncIterator()
        unlocks.unlocked()
        #expect(try await rankings.next()?.ranking.items == [mail])
    }

    @Test("the widget's ranking is written, and it is said when it shows something else")
    func widget() async throws {
        let folder = try Folder()
        let kept = try await Foretap.open(
            at: folder.log(),
            keys: FixedKeys(),
            options: ForetapOptions(clock: clock.wall)
        )
        try await kept.record(habit(60))
        let changes = Kept<Int>()
        let sharing = WidgetSharing(surface: "widget", nameOf: { $0.id.uppercased() }) { changes.keep(1) }
        let predictor = UnlockPredictor(
            kept,
            unlocks: unlocks,
            surroundings: KnownSurroundings(),
            clock: clock.wall,
            widget: sharing
        ) {
            Request(moment: .unlockOrResume)
        }
        var rankings = predictor.rankings.makeAsyncIterator()
        unlocks.unlocked()
        let unlock = try #require(try await rankings.next())
        try await until { changes.values.count == 1 }
        let read = try #require(try WidgetRanking.read(at: folder.log()))
        #expect(read.entries.map(\.item) == Array(unlock.ranking.items.prefix(8)))
        #expect(read.entries.first?.name == "MAIL" && read.surface == "widget")
        // When the person leaves it shows what is likely by then.
        clock.advance(minutes: 1)
        try await kept.decide(.promote(news))
        unlocks.locked()
        try await until { changes.values.count == 2 }
        let left = try #require(try WidgetRanking.read(at: folder.log()))
        #expect(left.at == clock.now && left.entries != read.entries)
        try await kept.close()
    }

    private func predictor(
        surroundings: some Surroundings = KnownSurroundings(),
        recordsLocks: Bool = true
    ) -> UnlockPredictor {
        UnlockPredictor(
            foretap,
            unlocks: unlocks,
            surroundings: surroundings,
            clock: clock.wall,
            recordsLocks: recordsLocks
        ) {
            Request(moment: .unlockOrResume, limit: 3)
        }
    }

    private func events(_ count: Int) async throws {
        try await until { try await foretap.health().events >= count }
    }

    /// The suite's time limit ends what never comes.
    private func until(_ condition: () async throws -> Bool) async throws {
        while try await !condition() { try await Task.sleep(for: .milliseconds(2)) }
    }
}

private struct Saving: PowerReading {
    func isSavingPower() async -> Bool { true }
}

/// A source that has one unlock to tell.
private struct Once: UnlockSource {
    func signals() -> AsyncStream<UnlockSignal> {
        AsyncStream { continuation in
            continuation.yield(UnlockSignal(.unlock))
            continuation.finish()
        }
    }
}

/// Keeps what closures of a test are told. Unchecked: touched under the lock alone.
private final class Kept<Value: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var kept: [Value] = []

    var values: [Value] { lock.withLock { kept } }

    func keep(_ value: Value) { lock.withLock { kept.append(value) } }
}
