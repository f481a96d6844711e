import Foundation
internal import ForetapFFI

/// Records what a person does and ranks what comes next, on this phone alone.
///
/// ```swift
/// let foretap = try await Foretap.open(at: place, keys: keys)
/// try await foretap.record(.action("reorder"))
/// let ranking = try await foretap.predict(limit: 3)
/// try await foretap.close()
/// ```
///
/// One `Foretap` owns its log: a second one, in this process or another, is told ``ForetapError/inUse(_:)``. Every
/// function may be called from any task; calls take turns, in the order in which they were made, on a thread of their own
/// that is none of the cooperative pool's. A task that is cancelled before its turn throws `CancellationError` and nothing
/// was done; a call whose turn has come is completed. Letting go of a `Foretap` closes it, a little later.
///
/// Every function throws ``ForetapError/closed(_:)`` after ``close()`` or ``erase()``, and ``ForetapError/internal(_:)`` for
/// a defect of this library, after which the next call works.
public final class Foretap: Sendable {
    /// Opaque names for places and access points, under this phone's secret.
    public let pseudonyms: Pseudonyms

    /// `nil` in memory.
    let widget: WidgetFile?
    let clock: WallClock
    private let engine: EngineHandle
    /// `nil` in memory.
    private let files: LogFiles?
    private let keys: (any KeyProvider)?
    private let turns: Turns

    init(
        engine: EngineHandle,
        turns: Turns,
        clock: WallClock,
        pseudonyms: Pseudonyms,
        keys: (any KeyProvider)? = nil,
        files: LogFiles? = nil,
        widgetChanged: @escaping @Sendable () -> Void = {}
    ) {
        self.engine = engine
        self.turns = turns
        self.clock = clock
        self.pseudonyms = pseudonyms
        self.keys = keys
        self.files = files
        widget = files.map { WidgetFile($0, changed: widgetChanged) }
    }

    deinit {
        turns.leave { [engine] in try? engine.shut() }
    }

    /// Stores an event and learns from it. When this returns, the event survives the end of the process.
    ///
    /// An event of the past goes to ``backfill(_:)``: here, one that is more than a day older than the newest means that
    /// the clock was set back.
    ///
    /// - Throws: ``ForetapError/invalidArgument(_:)`` for an id, token or number outside its limits;
    ///   ``ForetapError/transient(_:)`` if the storage is busy or full, and ``ForetapError/damaged(_:)``, after which the
    ///   log is to be opened again: the event was not stored.
    @discardableResult
    public func record(_ event: Event) async throws -> Recorded {
        let native = try event.native(clock)
        return try await call { try $0.record(event: native).public }
    }

    /// Stores many events at once, in the order given: all of them, or none.
    ///
    /// - Throws: what recording one does.
    @discardableResult
    public func record(_ events: [Event]) async throws -> [Recorded] {
        let native = try events.map { try $0.native(clock) }
        return try await call { try $0.recordAll(events: native).map(\.public) }
    }

    /// Stores events of the past, such as what the host's own history knows at the first start, and returns how many were
    /// new.
    ///
    /// - Throws: what recording one does; then none was stored.
    @discardableResult
    public func backfill(_ events: [Event]) async throws -> Int {
        let native = try events.map { try $0.native(clock) }
        return try await call { Int(clamping: try $0.backfill(events: native)) }
    }

    /// Ranks what will be opened next. Never touches the disk.
    ///
    /// - Throws: ``ForetapError/invalidArgument(_:)`` for a number outside its limits.
    public func predict(_ request: Request) async throws -> Ranking {
        let native = try request.native(clock)
        return try await call { try $0.predict(request: native).public }
    }

    /// Ranks what will be opened next: the question of a ``Request`` in one line.
    ///
    /// - Parameters:
    ///   - limit: the most predictions, 1 to 64.
    ///   - candidates: only of these items, at most 4,096; those never opened are offered too, in this order.
    ///   - surface: where the ranking is shown; 1 to 64 bytes.
    ///   - moment: what is about to happen.
    ///   - context: in which surroundings.
    /// - Throws: ``ForetapError/invalidArgument(_:)`` for a number outside its limits.
    public func predict(
        limit: Int = 5,
        candidates: [Item]? = nil,
        surface: String = "main",
        moment: Moment = .unlock,
        context: PhoneContext = .unknown
    ) async throws -> Ranking {
        try await predict(
            Request(moment: moment, context: context, surface: surface, limit: limit, candidates: candidates)
        )
    }

    /// Computes a ranking ahead, when the app leaves or the phone is locked. ``predict(_:)`` gives it back where it is
    /// asked the same question soon after and nothing that matters has happened; and says so.
    ///
    /// - Throws: ``ForetapError/invalidArgument(_:)`` for a number outside its limits.
    public func prepare(_ request: Request = Request()) async throws {
        let native = try request.native(clock)
        try await call { try $0.prepare(request: native) }
    }

    /// Records that a ranking was shown, so that its icons stay where they are, and misses count.
    ///
    /// - Throws: what recording an event does.
    public func shown(_ ranking: Ranking, at: Timestamp? = nil) async throws {
        let moment = at ?? clock.now()
        try await record(
            ranking.predictions.enumerated().map { position, prediction in
                let kind = EventKind.impression(
                    item: prediction.item,
                    surface: ranking.surface,
                    position: position,
                    propensity: prediction.propensity
                )
                return Event(kind, at: moment)
            }
        )
    }

    /// Why an item was predicted: short sentences without a full stop, the strongest reason first.
    ///
    /// - Parameters:
    ///   - prediction: the prediction; what is said is in it.
    ///   - locale: German or English, which stands in for every other language.
    ///   - nameOf: an item's name as the person knows it.
    /// - Throws: ``ForetapError/internal(_:)``.
    public func why(
        _ prediction: Prediction,
        locale: Locale = .current,
        nameOf: (Item) -> String = { $0.id }
    ) throws -> [String] {
        let language = locale.identifier(.bcp47)
        return try prediction.reasons.map { reason in
            let follows: String? = if case .follows(let item) = reason.code { nameOf(item) } else { nil }
            return try typed { try sentence(code: reason.code.native, language: language, follows: follows) }
        }
    }

    /// Makes a decision of the person. It counts at once and survives a power cut when this returns.
    ///
    /// - Throws: ``ForetapError/invalidArgument(_:)`` for a number outside its limits, and beyond 1,024 decisions;
    ///   ``ForetapError/transient(_:)`` if the storage is busy or full: nothing changed.
    @discardableResult
    public func decide(_ control: Control) async throws -> Decision {
        let at = clock.now()
        let (native, nativeAt) = (try control.native(), try at.native())
        let id = try await call { [widget] engine in
            let id = try engine.decide(at: nativeAt, control: native)
            // A widget must not go on showing what the person has just put away.
            widget?.tidy(engine, now: nativeAt)
            return id
        }
        return Decision(id: id, at: at, control: control)
    }

    /// Undoes a decision; what it stood over counts again. `false` if it is not in force any more.
    ///
    /// - Throws: ``ForetapError/transient(_:)`` if the storage is busy or full: nothing changed.
    @discardableResult
    public func undo(_ decision: Decision) async throws -> Bool {
        try await undo(id: decision.id)
    }

    /// Undoes the decision of this number.
    ///
    /// - Throws: ``ForetapError/transient(_:)`` if the storage is busy or full: nothing changed.
    @discardableResult
    public func undo(id: Decision.ID) async throws -> Bool {
        let now = try clock.now().native()
        return try await call { try $0.undo(id: id, now: now) }
    }

    /// The decisions in force, in the order in which they were made.
    public func decisions() async throws -> [Decision] {
        let now = try clock.now().native()
        return try await call { try $0.decisions(now: now).map(\.public) }
    }

    /// Writes everything that makes the habits go on elsewhere to a file, sealed under `secret`. Items that the person
    /// excluded leave no trace in it. A file that is there is replaced when the new one is whole, not before.
    ///
    /// - Throws: ``ForetapError/invalidArgument(_:)`` for a key or passphrase of another length;
    ///   ``ForetapError/file(_:)`` if the file could not be written: none is left then.
    @discardableResult
    public func export(to file: URL, secret: ExportSecret) async throws -> Exported {
        try await export(to: file, secret: secret, entropy: .random(count: 32))
    }

    /// The same with bytes that a test chooses; they are never used twice.
    @discardableResult
    func export(to file: URL, secret: ExportSecret, entropy: Data) async throws -> Exported {
        let path = try file.pathOfFile()
        return try await call { try $0.exportTo(file: path, secret: secret.native, entropy: entropy).public }
    }

    /// Takes an export in: its history, then what happened here and is not in it.
    ///
    /// - Throws: ``ForetapError/wrongSecret(_:)`` if the secret is not the export's; ``ForetapError/badExport(_:)`` if it
    ///   is none, or was changed or cut off; ``ForetapError/newer(_:)`` if a newer version wrote it;
    ///   ``ForetapError/file(_:)`` if it could not be read. In each case nothing was changed.
    @discardableResult
    public func `import`(from file: URL, secret: ExportSecret) async throws -> Imported {
        let path = try file.pathOfFile()
        let now = try clock.now().native()
        return try await call { [widget] engine in
            let imported = try engine.importFrom(file: path, secret: secret.native).public
            // Decisions come along, and count for the widget too.
            widget?.tidy(engine, now: now)
            return imported
        }
    }

    /// How the log, its habits and its predictions are.
    public func health() async throws -> Health {
        let now = try clock.now().native()
        return try await call { try $0.health(now: now).public }
    }

    /// What opening found.
    public func opened() async throws -> OpenedLog {
        try await call { try $0.opened().public }
    }

    /// Saves the habits, so that the next opening is quick. Good when the app goes to the background.
    ///
    /// - Throws: ``ForetapError/transient(_:)`` if the storage is busy or full: nothing is lost.
    public func checkpoint() async throws {
        try await call { try $0.checkpoint() }
    }

    /// Once a day: saves the habits, deletes the events that are no longer kept, and writes the snapshot that is left if
    /// the log is damaged. Returns how many events were deleted.
    ///
    /// - Throws: ``ForetapError/transient(_:)`` if the storage is busy or full; a later try goes on.
    @discardableResult
    public func maintain() async throws -> Int {
        try await call { Int(clamping: try $0.maintain()) }
    }

    /// Erases log, habits, decisions and keys for good, with what other parts keep beside them, and closes.
    ///
    /// Where something was sent, a file is left that names it without saying what it is: the next log that is opened here has
    /// the server erase it, with its first ``Upload``.
    ///
    /// It closes where it fails too, so that calling it again throws ``ForetapError/closed(_:)``: ``eraseAt(_:keys:)``
    /// finishes it. The widget's file is gone all the same.
    ///
    /// - Throws: ``ForetapError/keyUnavailable(_:)`` if the keychain does not answer now: what it has opens nothing any
    ///   more; ``ForetapError/transient(_:)`` if a file could not be deleted now: the next opening finishes it too.
    public func erase() async throws {
        try await turns.take { [engine, keys, files, widget] in
            let work = { try Self.erase(widget, keys: keys, files: files) { try engine.erase() } }
            guard let files else { return try work() }
            try Places.ofProcess.alone(files, work)
        }
    }

    /// Saves the habits and closes the log, after the calls before it. May be called again; it closes in a cancelled task
    /// too.
    public func close() async throws {
        try await turns.insist { [engine] in try typed { try engine.shut() } }
    }

    func call<T: Sendable>(_ work: @escaping @Sendable (EngineHandle) throws -> T) async throws -> T {
        try await turns.take { [engine] in try typed { try work(engine) } }
    }
}
