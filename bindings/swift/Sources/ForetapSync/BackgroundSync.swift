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
public final class BackgroundSync: Sendable {
    private let schedule: SyncSchedule
    private let run: @Sendable (SyncNetwork) async throws -> SyncOutcome
    private let upkeep: @Sendable () async throws -> Void
    private let scheduler: any BackgroundScheduler
    private let attempts = Attempts()

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

    /// Tells iOS who answers to the identifiers. To be called once, before the app has finished launching: iOS ends an app
    /// that does it later, or twice.
    ///
    /// - Throws: ``SyncConfigurationError/notPermitted`` where the `Info.plist` does not name them.
    public func register() throws {
        for kind in BackgroundKind.allCases {
            let isKnown = scheduler.register(kind) { [self] work in answer(work, kind) }
            guard isKnown else { throw SyncConfigurationError.notPermitted }
        }
    }

    /// Asks iOS for background time, from now on. Calling it at each start of the app is right: what is asked for
    /// already stays as it is, so that no start brings a run forward that a server wanted later.
    ///
    /// - Throws: ``SyncConfigurationError/notPermitted`` or ``SyncConfigurationError/unavailable``.
    public func schedule() async throws {
        let pending = await scheduler.pending()
        for kind in BackgroundKind.allCases where !pending.contains(kind) {
            try scheduler.submit(request(kind, after: schedule.period))
        }
    }

    /// Ends what is asked for; a run that is on its way goes on to its end.
    public func cancel() {
        BackgroundKind.allCases.forEach(scheduler.cancel)
    }

    private func answer(_ work: any BackgroundWork, _ kind: BackgroundKind) {
        // First of all: a run that ends the process must not be the last.
        try? scheduler.submit(request(kind, after: schedule.period))
        let running = Task {
            let outcome = try? await run(schedule.network)
            if kind == .processing, !Task.isCancelled { try? await upkeep() }
            next(kind, outcome)
            var isDone = false
            if case .synced = outcome { isDone = true }
            work.complete(isSuccess: isDone)
        }
        work.onExpiration { running.cancel() }
    }

    /// Asks for the next run, where it is not the one that was asked for at first.
    private func next(_ kind: BackgroundKind, _ outcome: SyncOutcome?) {
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
        try? scheduler.submit(request(kind, after: after))
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
