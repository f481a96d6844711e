import Foundation

/// A ranking each time that the person unlocks the phone or comes to the app.
///
/// ```swift
/// let unlocks = RememberedUnlocks(SystemUnlocks())  // made in the app's init, before the log is open
///
/// let surroundings = PhoneSurroundings(foretap.pseudonyms)
/// let predictor = UnlockPredictor(foretap, unlocks: unlocks, surroundings: surroundings)
/// for try await unlock in predictor.rankings {
///     show(unlock.ranking)
///     unlock.drawn()
/// }
/// ```
///
/// While somebody reads ``rankings``, an arrival is recorded as an unlock and leaving as a lock unless told otherwise, once
/// each: an unlock that the app's coming to the front follows within a minute is one, and coming back from Control Center
/// or Face ID is none (``UnlockRanking/isArrival``). When the person leaves, the next ranking is prepared, except in Low Power
/// Mode. Where a widget is shared with, its ranking is written each time.
///
/// iOS starts an app before its log is open: ``RememberedUnlocks``, made when the app starts, keeps that arrival. What was
/// heard more than a second ago is recorded with the time at which it was heard, and the newest of it alone is answered.
public final class UnlockPredictor: Sendable {
    /// How long the unlocks took that were answered.
    public let latency = UnlockLatency()

    private let foretap: Foretap
    private let unlocks: any UnlockSource
    private let surroundings: any Surroundings
    private let clock: WallClock
    private let recordsLocks: Bool
    private let widget: WidgetSharing?
    private let request: @Sendable () -> Request
    private let readers = UnlockReaders()

    /// After how many milliseconds a signal was heard before anybody was there to deal with it.
    private static let lateMs: Int64 = 1_000
    /// For how long the rest of such signals is waited for.
    private static let pause: Duration = .milliseconds(50)

    /// A predictor, which listens to nothing before somebody reads ``rankings``.
    ///
    /// - Parameters:
    ///   - foretap: the engine, which is neither opened nor closed here.
    ///   - unlocks: where unlocks are heard of.
    ///   - surroundings: reads the surroundings.
    ///   - clock: where "now" comes from.
    ///   - recordsLocks: whether unlocks and locks are recorded here. A host that records them itself turns this off: told
    ///     by both they would count twice.
    ///   - widget: how the ranking is shared with a widget, where it is.
    ///   - request: what is asked at an unlock; its time and context are filled in.
    public init(
        _ foretap: Foretap,
        unlocks: some UnlockSource,
        surroundings: some Surroundings,
        clock: WallClock = .system,
        recordsLocks: Bool = true,
        widget: WidgetSharing? = nil,
        request: @escaping @Sendable () -> Request = { Request() }
    ) {
        self.foretap = foretap
        self.unlocks = unlocks
        self.surroundings = surroundings
        self.clock = clock
        self.recordsLocks = recordsLocks
        self.widget = widget
        self.request = request
    }

    deinit {
        readers.end()
    }

    /// A ranking for each unlock, the newest only where the reader is slow; every loop over it reads them all, and each
    /// unlock is recorded once. Throws ``ForetapError/closed(_:)`` when the engine is closed; an unlock that cannot be
    /// answered for another reason is left out.
    public var rankings: UnlockRankings { UnlockRankings(self) }

    /// Adds a reader; the first makes it listen.
    func read() -> UnlockReaders.Rankings {
        readers.add { [self] number in
            let signals = unlocks.signals()
            return Task { try await listen(signals, number) }
        }
    }

    private func listen(_ signals: AsyncStream<UnlockSignal>, _ number: Int) async throws {
        let backlog = UnlockBacklog()
        let hearing = Task {
            for await signal in signals { backlog.add(signal) }
            backlog.end()
        }
        defer { hearing.cancel() }
        var presence = Presence()
        for await _ in backlog.rings {
            for (signal, isAnswered) in await heard(backlog) {
                do {
                    try await deal(with: signal, isAnswered: isAnswered, isNew: presence.isNew(signal), number)
                    presence.take(signal)
                } catch let error as ForetapError {
                    // What the storage cannot do now does not end the rankings; a closed engine does.
                    if case .closed = error { return readers.finish(number, throwing: error) }
                }
            }
        }
        // The source has no more to tell; a task that is cancelled has no readers.
        if !Task.isCancelled { readers.finish(number, throwing: nil) }
    }

    /// What was heard, and whether it is answered: of what was heard long ago the newest alone.
    private func heard(_ backlog: UnlockBacklog) async -> [(UnlockSignal, isAnswered: Bool)] {
        var signals = backlog.take()
        if let first = signals.first, isLate(first) {
            // It comes signal by signal.
            try? await Task.sleep(for: Self.pause)
            signals += backlog.take()
        }
        return signals.enumerated().map { index, signal in
            (signal, isAnswered: index == signals.count - 1 || !isLate(signal))
        }
    }

    private func isLate(_ signal: UnlockSignal) -> Bool {
        clock.now().epochMs - signal.at.epochMs > Self.lateMs
    }

    private func deal(with signal: UnlockSignal, isAnswered: Bool, isNew: Bool, _ number: Int) async throws {
        let isLeaving = signal.kind == .lock
        let records = recordsLocks && isNew
        switch (isLeaving, isAnswered) {
        case (false, true): try await answer(signal, isArrival: isNew, number)
        case (true, true): try await rest(signal, isLeaving: isNew)
        // In which surroundings nobody read.
        case (false, false): if records { try await foretap.record(.unlock(at: moment(of: signal))) }
        case (true, false): if records { try await foretap.record(.lock(at: moment(of: signal))) }
        }
    }

    /// When it was heard. A source on another clock can be ahead.
    private func moment(of signal: UnlockSignal) -> Timestamp {
        let now = clock.now()
        return signal.at.epochMs > now.epochMs ? now : signal.at
    }

    private func answer(_ signal: UnlockSignal, isArrival: Bool, _ number: Int) async throws {
        let times = UnlockTimes(beganNs: signal.heardNs)
        latency.add(times)
        times.reach(.requested)
        let (at, isLate) = (moment(of: signal), isLate(signal))
        var request = request()
        request.at = clock.now()
        request.context = await surroundings.read()
        let ranking = try await foretap.predict(request)
        times.reach(.inferred)
        readers.tell(UnlockRanking(ranking: ranking, times: times, isArrival: isArrival), of: number)
        // After the answer: the row must not wait for the disk.
        if recordsLocks, isArrival {
            try await foretap.record(.unlock(at: at, context: isLate ? .unknown : request.context))
        }
        if let widget { try await share(ranking, with: widget) }
    }

    private func rest(_ signal: UnlockSignal, isLeaving: Bool) async throws {
        if recordsLocks, isLeaving { try await foretap.record(.lock(at: moment(of: signal))) }
        guard await !surroundings.isSavingPower() else { return }
        var request = request()
        request.at = clock.now()
        request.context = await surroundings.read()
        try await foretap.prepare(request)
        // A widget is looked at before the app is.
        if let widget { try await share(foretap.predict(request), with: widget) }
    }

    private func share(_ ranking: Ranking, with widget: WidgetSharing) async throws {
        let isChanged = try await foretap.share(
            ranking,
            surface: widget.surface,
            locale: widget.locale,
            nameOf: widget.nameOf
        )
        if isChanged { widget.changed() }
    }
}

extension Foretap {
    /// The rankings of an ``UnlockPredictor``, in one line.
    ///
    /// - Parameters:
    ///   - unlocks: where unlocks are heard of.
    ///   - surroundings: reads the surroundings.
    ///   - request: what is asked at an unlock; its time and context are filled in.
    public func rankings(
        at unlocks: some UnlockSource,
        surroundings: some Surroundings,
        request: @escaping @Sendable () -> Request = { Request() }
    ) -> UnlockRankings {
        UnlockPredictor(self, unlocks: unlocks, surroundings: surroundings, clock: clock, request: request).rankings
    }
}
