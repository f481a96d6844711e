import Foundation

/// Synchronises while the app is in the background, when iOS gives it time.
///
/// ```swift
/// let background = BackgroundSync(setup) { try await foretap.maintain() }
///
/// func application(
///     _ application: UIApplication,
///     didFinishLaunchingWithOptions options: [UIApplication.LaunchOptionsKey: Any]?
/// ) -> Bool {
///     try? background.register()
///     Task { try? await background.schedule() }
///     return true
/// }
/// ```
///
/// The app's `Info.plist` names ``SyncSchedule/refreshIdentifier`` and ``SyncSchedule/processingIdentifier`` under
/// `BGTaskSchedulerPermittedIdentifiers`, and `fetch` and `processing` under `UIBackgroundModes`.
///
/// iOS starts the short run (about 30 seconds) when it expects the app to be opened, and the long one (some minutes)
/// while the phone rests; both synchronise, the long one then does the host's upkeep. When iOS wants its time back, the
/// run is cancelled; what was received is the session's to keep. Each run asks for its next: after a period, or earlier
/// where an attempt failed and ``SyncBackoff`` has another. The attempts are counted in memory.
///
/// iOS has one request for a short run per app: a host with an app-refresh task of its own leaves these out
/// (``SyncSchedule/hasRefresh``), and needs `dev.foretap.sync.processing` and `processing` alone in its `Info.plist`.
public final class BackgroundSync: Sendable {
    private let schedule: SyncSchedule
    private let run: @Sendable (SyncNetwork) async throws -> SyncOutcome
    private let upkeep: @Sendable () async throws -> Void
    private let scheduler: any BackgroundScheduler
    private let attempts = Attempts()
    private let runs = Runs()

    init(
        schedule: SyncSchedule,
        scheduler: any BackgroundScheduler,
        run: @escaping @Sendable (SyncNetwork) async throws -> SyncOutcome,
        upkeep: @escaping @Sendable () async throws -> Void
    ) {
        self.schedule = schedule
        self.scheduler = scheduler
        self.run = run
        self.upkeep = upkeep
    }

    #if os(iOS)
        /// - Parameters:
        ///   - setup: what to synchronise with whom.
        ///   - schedule: when.
        ///   - upkeep: what else a long run does, such as `Foretap.maintain`; what it throws is dropped.
        public convenience init(
            _ setup: SyncSetup,
            schedule: SyncSchedule = .daily,
            upkeep: @escaping @Sendable () async throws -> Void = {}
        ) {
            self.init(
                schedule: schedule,
                scheduler: SystemScheduler(),
                run: { try await Sync(setup).run(over: $0) },
                upkeep: upkeep
            )
        }
    #endif

    private var kinds: [BackgroundKind] { schedule.hasRefresh ? BackgroundKind.allCases : [.processing] }

    /// Tells iOS who answers to the identifiers. To be called once, before the app has finished launching: iOS ends an app
    /// that does it later, or twice.
    ///
    /// - Throws: ``SyncConfigurationError/notPermitted`` where the `Info.plist` does not name them.
    public func register() throws {
        for kind in kinds {
            let isKnown = scheduler.register(kind) { [self] work in answer(work, kind) }
            guard isKnown else { throw SyncConfigurationError.notPermitted }
        }
    }

    /// Asks iOS for background time, from now on. Calling it at each start of the app is right: what is asked for
    /// already stays as it is, so that no start brings a run forward that a server wanted later.
    ///
    /// - Throws: ``SyncConfigurationError/notPermitted``, ``SyncConfigurationError/tooMany`` or
    ///   ``SyncConfigurationError/unavailable``. What the other kind of run asks for is asked for all the same.
    public func schedule() async throws {
        let round = runs.begin()
        // An earlier version of the app may have asked for them: nobody would answer.
        if !schedule.hasRefresh { scheduler.cancel(.refresh) }
        let pending = await scheduler.pending()
        var failure: (any Error)?
        for kind in kinds where !pending.contains(kind) {
            do {
                try submit(request(kind, after: schedule.period), round)
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }

    /// Ends what is asked for, and the run that is on its way, as if iOS wanted its time back. Nothing is asked for any more
    /// before ``schedule()`` is called.
    public func cancel() {
        runs.end { BackgroundKind.allCases.forEach(scheduler.cancel) }
    }

    private func answer(_ work: any BackgroundWork, _ kind: BackgroundKind) {
        // One that was on its way when it was cancelled.
        guard let round = runs.current else { return work.complete(isSuccess: false) }
        // First of all: a run that ends the process must not be the last.
        try? submit(request(kind, after: schedule.period), round)
        let running = Task {
            let outcome = try? await run(schedule.network)
            if kind == .processing, !Task.isCancelled { try? await upkeep() }
            next(kind, outcome, round)
            var isDone = false
            if case .synced = outcome { isDone = true }
            work.complete(isSuccess: isDone)
        }
        runs.add(running, kind, round)
        work.onExpiration { running.cancel() }
    }

    /// Asks, unless it was cancelled meanwhile.
    private func submit(_ request: BackgroundRequest, _ round: Int) throws {
        try runs.during(round) { try scheduler.submit(request) }
    }

    /// Asks for the next run, where it is not the one that was asked for at first.
    private func next(_ kind: BackgroundKind, _ outcome: SyncOutcome?, _ round: Int) {
        var retryAfter: Duration?
        switch outcome {
        case .synced, .refused: return attempts.reset()
        case .postponed(_, let asked): retryAfter = asked
        // Cut short by iOS: what is left is another attempt's.
        case nil: break
        }
        let made = attempts.made()
        let wait = schedule.backoff.wait(retryAfter: retryAfter, made: made, share: .random(in: 0...1))
        if wait == nil { attempts.reset() }
        let after = wait ?? max(schedule.period, retryAfter ?? .zero)
        try? submit(request(kind, after: after), round)
    }

    private func request(_ kind: BackgroundKind, after: Duration) -> BackgroundRequest {
        BackgroundRequest(kind: kind, earliest: after, needsPower: kind == .processing && schedule.power == .charging)
    }
}

/// How many attempts failed one after the other.
///
/// Unchecked: the count is touched under its lock alone.
private final class Attempts: @unchecked Sendable {
    private let lock = NSLock()
    private var count = 0

    func made() -> Int {
        lock.withLock {
            count += 1
            return count
        }
    }

    func reset() {
        lock.withLock { count = 0 }
    }
}

/// The runs from one call of `schedule` to `cancel`. Before the first call there are some too: iOS starts what an earlier
/// process of the app asked for.
///
/// Unchecked: what changes is touched under its lock alone.
private final class Runs: @unchecked Sendable {
    private let lock = NSLock()
    private var round = 0
    private var isEnded = false
    /// iOS starts no second one of a kind while one is on its way.
    private var running: [BackgroundKind: Task<Void, Never>] = [:]

    /// The number of this round; `nil` where it was cancelled.
    var current: Int? { lock.withLock { isEnded ? nil : round } }

    func begin() -> Int {
        lock.withLock {
            isEnded = false
            return round
        }
    }

    /// Does `work` if the round still lasts: it is not cancelled in between.
    func during(_ number: Int, _ work: () throws -> Void) rethrows {
        try lock.withLock { if !isEnded, number == round { try work() } }
    }

    func add(_ task: Task<Void, Never>, _ kind: BackgroundKind, _ number: Int) {
        let isLate = lock.withLock {
            guard !isEnded, number == round else { return true }
            running[kind] = task
            return false
        }
        if isLate { task.cancel() }
    }

    func end(_ work: () -> Void) {
        let tasks = lock.withLock {
            isEnded = true
            round += 1
            defer { running = [:] }
            work()
            return Array(running.values)
        }
        tasks.forEach { $0.cancel() }
    }
}
