import Foundation

/// A ranking each time that the person unlocks the phone or comes to the app.
///
/// ```swift
/// let predictor = UnlockPredictor(foretap, unlocks: SystemUnlocks(), surroundings: PhoneSurroundings(foretap.pseudonyms))
/// for try await unlock in predictor.rankings {
///     show(unlock.ranking)
///     unlock.drawn()
/// }
/// ```
///
/// While somebody reads ``rankings``, an arrival is recorded as an unlock and leaving as a lock unless told otherwise, once
/// each: an unlock followed by the app's coming to the front is one. When the person leaves, the next ranking is prepared,
/// except in Low Power Mode. Where a widget is shared with, its ranking is written each time.
///
/// iOS starts an app before its log is open: ``RememberedUnlocks`` keeps that arrival.
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
        readers.add { [self] in
            let signals = unlocks.signals()
            return Task { try await listen(signals) }
        }
    }

    private func listen(_ signals: AsyncStream<UnlockSignal>) async throws {
        var isHere: Bool?
        for await signal in signals {
            do {
                switch signal.kind {
                case .unlock:
                    try await answer(signal, isArrival: isHere != true)
                    isHere = true
                case .lock:
                    try await rest(isLeaving: isHere != false)
                    isHere = false
                }
            } catch let error as ForetapError {
                // What the storage cannot do now does not end the rankings; a closed engine does.
                if case .closed = error { return readers.finish(throwing: error) }
            }
        }
        // The source has no more to tell; a task that is cancelled has no readers.
        if !Task.isCancelled { readers.finish(throwing: nil) }
    }

    private func answer(_ signal: UnlockSignal, isArrival: Bool) async throws {
        let times = UnlockTimes(beganNs: signal.heardNs)
        let now = clock.now()
        latency.add(times)
        times.reach(.requested)
        var request = request()
        request.at = now
        request.context = await surroundings.read()
        let ranking = try await foretap.predict(request)
        times.reach(.inferred)
        readers.tell(UnlockRanking(ranking: ranking, times: times))
        // After the answer: the row must not wait for the disk.
        if recordsLocks, isArrival { try await foretap.record(.unlock(at: now, context: request.context)) }
        if let widget { try await share(ranking, with: widget) }
    }

    private func rest(isLeaving: Bool) async throws {
        let now = clock.now()
        if recordsLocks, isLeaving { try await foretap.record(.lock(at: now)) }
        guard await !surroundings.isSavingPower() else { return }
        var request = request()
        request.at = now
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
