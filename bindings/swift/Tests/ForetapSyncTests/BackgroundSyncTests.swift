import Foundation
import Testing

@testable import ForetapSync

@Suite(.timeLimit(.minutes(1)))
struct BackgroundSyncTests {
    private static let day: Duration = .seconds(86_400)
    private let scheduler = FakeScheduler()
    private let kept = Kept<Int>()

    @Test("both kinds are registered, and scheduling asks for both")
    func schedules() async throws {
        let background = background { _ in synced }
        try background.register()
        #expect(scheduler.registered == [.refresh, .processing])
        #expect(scheduler.submitted.isEmpty)
        try await background.schedule()
        #expect(scheduler.submitted == [request(.refresh), request(.processing)])
    }

    @Test("what is asked for already is not asked for anew")
    func pending() async throws {
        let background = background { _ in synced }
        scheduler.set(pending: [.refresh])
        try await background.schedule()
        #expect(scheduler.submitted == [request(.processing)])
    }

    @Test("identifiers that the app does not name are said")
    func forbidden() async throws {
        let background = background { _ in synced }
        scheduler.forbid()
        #expect(throws: SyncConfigurationError.notPermitted) { try background.register() }
        await #expect(throws: SyncConfigurationError.notPermitted) { try await background.schedule() }
    }

    @Test("where the one short run of the app is taken, the long one is asked for, and it is said")
    func taken() async throws {
        let background = background { _ in synced }
        scheduler.take(.refresh)
        await #expect(throws: SyncConfigurationError.tooMany) { try await background.schedule() }
        #expect(scheduler.submitted == [request(.processing)])
    }

    @Test("a host that has short runs of its own leaves ours out")
    func withoutRefresh() async throws {
        let background = background(try SyncSchedule(period: Self.day, hasRefresh: false)) { _ in synced }
        try background.register()
        try await background.schedule()
        #expect(scheduler.registered == [.processing])
        #expect(scheduler.submitted == [request(.processing)])
        // What an earlier version of the app asked for.
        #expect(scheduler.cancelled == [.refresh])
        #expect(SyncSchedule.daily.hasRefresh)
    }

    @Test("a run that is on its way when all is cancelled ends, and asks for nothing more")
    func cancelsRunning() async throws {
        let begun = AsyncStream<Void>.makeStream()
        let background = background { _ in
            begun.continuation.yield()
            try await Task.sleep(for: .seconds(600))
            return synced
        }
        try background.register()
        try await background.schedule()
        let work = scheduler.launch(.processing)
        for await _ in begun.stream { break }
        background.cancel()
        #expect(await !work.isSuccess())
        #expect(scheduler.submitted.count == 3 && kept.values.isEmpty)
        // What iOS had begun to start.
        #expect(await !scheduler.launch(.refresh).isSuccess())
        #expect(scheduler.submitted.count == 3)
        try await background.schedule()
        #expect(scheduler.submitted.count == 5)
    }

    @Test("cancelling ends both")
    func cancels() {
        background { _ in synced }.cancel()
        #expect(scheduler.cancelled == [.refresh, .processing])
    }

    @Test("a run asks for its next before it begins, and gives its time back as a success")
    func success() async throws {
        let background = background { network in
            #expect(network == .unmetered)
            #expect(scheduler.submitted.count == 1)
            return synced
        }
        try background.register()
        #expect(await scheduler.launch(.refresh).isSuccess())
        #expect(scheduler.submitted == [request(.refresh)])
        #expect(kept.values.isEmpty)
    }

    @Test("a long run does the host's upkeep, whatever became of the rest")
    func upkeep() async throws {
        for outcome in [synced, .postponed(.network), .refused(.wrongServer)] {
            let background = background { _ in outcome }
            try background.register()
            _ = await scheduler.launch(.processing).isSuccess()
        }
        #expect(kept.values == [1, 1, 1])
    }

    @Test("a long run waits for a charger where the host wants it")
    func power() async throws {
        let schedule = try SyncSchedule(period: .seconds(7_200), network: .any, power: .charging)
        let background = background(schedule) { network in
            #expect(network == .any)
            return synced
        }
        try background.register()
        #expect(await scheduler.launch(.processing).isSuccess())
        try await background.schedule()
        let expected = [
            BackgroundRequest(kind: .processing, earliest: .seconds(7_200), needsPower: true),
            BackgroundRequest(kind: .refresh, earliest: .seconds(7_200), needsPower: false),
        ]
        #expect(Array(scheduler.submitted.prefix(2)) == expected)
    }

    @Test("what can help later is tried again, as often as the schedule says, then after a period")
    func retries() async throws {
        let schedule = try SyncSchedule(period: Self.day, backoff: SyncBackoff(attempts: 3, pause: .seconds(600)))
        let background = background(schedule) { _ in .postponed(.network) }
        try background.register()
        for _ in 0..<4 { #expect(await !scheduler.launch(.refresh).isSuccess()) }
        let asked = scheduler.submitted.map(\.earliest)
        #expect(asked.count == 8)
        #expect([0, 2, 4, 6].allSatisfy { asked[$0] == Self.day })
        #expect(within(asked[1], .seconds(600)) && within(asked[3], .seconds(1_200)))
        #expect(asked[5] == Self.day)
        // The next period's first.
        #expect(within(asked[7], .seconds(600)))
    }

    @Test("a server that wants to be left alone is, beyond the period too")
    func busy() async throws {
        let hour: Duration = .seconds(3_600)
        let schedule = try SyncSchedule(period: hour, backoff: SyncBackoff(attempts: 2, pause: .seconds(60)))
        let background = background(schedule) { _ in .postponed(.busy, retryAfter: hour * 5) }
        try background.register()
        for _ in 0..<2 { _ = await scheduler.launch(.refresh).isSuccess() }
        let asked = scheduler.submitted.map(\.earliest)
        #expect(within(asked[1], hour * 5))
        #expect(asked[3] == hour * 5)
    }

    @Test("a success begins the count anew")
    func counts() async throws {
        let outcomes = Kept<SyncOutcome>()
        let background = background { _ in
            outcomes.keep(outcomes.values.count == 1 ? synced : .postponed(.network))
            return outcomes.values[outcomes.values.count - 1]
        }
        try background.register()
        for _ in 0..<3 { _ = await scheduler.launch(.refresh).isSuccess() }
        let asked = scheduler.submitted.map(\.earliest)
        #expect(asked.count == 5)
        #expect(within(asked[1], .seconds(900)) && within(asked[4], .seconds(900)))
    }

    @Test("when the time is over the run is cancelled, ends as no success, and is tried again")
    func expires() async throws {
        let begun = AsyncStream<Void>.makeStream()
        let background = background { _ in
            begun.continuation.yield()
            try await Task.sleep(for: .seconds(600))
            return synced
        }
        try background.register()
        let work = scheduler.launch(.processing)
        for await _ in begun.stream { break }
        work.expire()
        #expect(await !work.isSuccess())
        #expect(kept.values.isEmpty)
        #expect(within(scheduler.submitted[1].earliest, .seconds(900)))
    }

    private func background(
        _ schedule: SyncSchedule = .daily,
        run: @escaping @Sendable (SyncNetwork) async throws -> SyncOutcome
    ) -> BackgroundSync {
        let kept = kept
        return BackgroundSync(schedule: schedule, scheduler: scheduler, run: run) {
            kept.keep(1)
            throw CancellationError()
        }
    }

    private func request(_ kind: BackgroundKind) -> BackgroundRequest {
        BackgroundRequest(kind: kind, earliest: Self.day, needsPower: false)
    }

    private func within(_ wait: Duration, _ least: Duration) -> Bool { wait >= least && wait <= least * 1.25 }
}

/// iOS, as a test wants it. Unchecked: what changes is touched under the lock alone.
private final class FakeScheduler: BackgroundScheduler, @unchecked Sendable {
    private let lock = NSLock()
    private var answers: [BackgroundKind: @Sendable (any BackgroundWork) -> Void] = [:]
    private var order: [BackgroundKind] = []
    private var requests: [BackgroundRequest] = []
    private var ended: [BackgroundKind] = []
    private var waiting: Set<BackgroundKind> = []
    private var isForbidden = false
    private var taken: Set<BackgroundKind> = []

    var registered: [BackgroundKind] { lock.withLock { order } }

    var submitted: [BackgroundRequest] { lock.withLock { requests } }

    var cancelled: [BackgroundKind] { lock.withLock { ended } }

    func set(pending: Set<BackgroundKind>) { lock.withLock { waiting = pending } }

    /// The host has a request of this kind.
    func take(_ kind: BackgroundKind) { lock.withLock { _ = taken.insert(kind) } }

    func forbid() { lock.withLock { isForbidden = true } }

    func launch(_ kind: BackgroundKind) -> FakeWork {
        let work = FakeWork()
        lock.withLock { answers[kind] }?(work)
        return work
    }

    func register(_ kind: BackgroundKind, answer: @escaping @Sendable (any BackgroundWork) -> Void) -> Bool {
        lock.withLock {
            answers[kind] = answer
            order.append(kind)
            return !isForbidden
        }
    }

    func pending() async -> Set<BackgroundKind> { lock.withLock { waiting } }

    func submit(_ request: BackgroundRequest) throws {
        try lock.withLock {
            guard !isForbidden else { throw SyncConfigurationError.notPermitted }
            guard !taken.contains(request.kind) else { throw SyncConfigurationError.tooMany }
            requests.append(request)
        }
    }

    func cancel(_ kind: BackgroundKind) { lock.withLock { ended.append(kind) } }
}

/// Unchecked: what changes is touched under the lock alone.
private final class FakeWork: BackgroundWork, @unchecked Sendable {
    private let lock = NSLock()
    private let ends = AsyncStream<Bool>.makeStream()
    private var handler: (@Sendable () -> Void)?

    func onExpiration(_ handler: @escaping @Sendable () -> Void) { lock.withLock { self.handler = handler } }

    func complete(isSuccess: Bool) { ends.continuation.yield(isSuccess) }

    func expire() { lock.withLock { handler }?() }

    func isSuccess() async -> Bool { await ends.stream.first { _ in true } ?? false }
}
