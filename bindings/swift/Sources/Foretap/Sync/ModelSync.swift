import Foundation
internal import ForetapFFI

/// One run of model sync, without a network of its own: it says which file to fetch, is given its bytes, and leaves
/// another model behind or not.
///
/// `ModelSyncSession` of the product ForetapSync carries it out. A host with a transport of its own does it so:
///
/// ```swift
/// let run = try await foretap.beginModelSync(root: root)
/// while case .fetch(let path, let maxBytes) = try run.next() {
///     switch fetched(path, maxBytes) {
///     case .bytes(let bytes): if try run.received(bytes) { try run.completed() }
///     case .notFound: try run.absent(.missing)
///     case .failed: try run.absent(.unreachable)
///     }
/// }
/// print(try run.finish().modelChanged)
/// ```
///
/// Calls come one at a time, from any thread, and work on that thread: from one that may be blocked, such as a queue of
/// the host's. The ``Foretap/Foretap`` answers meanwhile. Nothing that is fetched is believed before its signatures and
/// sums are right. Letting go of a run that was neither finished nor cancelled forgets what it fetched.
public final class ModelSync: Sendable {
    private let run: SyncRun
    private let clock: WallClock

    init(_ run: SyncRun, clock: WallClock) {
        self.run = run
        self.clock = clock
    }

    /// What to do now. What is told of a file after this counts for the file that it names.
    ///
    /// - Throws: ``ForetapError/internal(_:)``.
    public func next() throws -> ModelSyncStep {
        try typed { try run.task().public }
    }

    /// Takes the next bytes of the file: in order, without gaps, any number at once.
    ///
    /// - Returns: whether more of it is wanted; after `false` ask ``next()``, without ``completed()`` or ``absent(_:)``.
    /// - Throws: ``ForetapError/internal(_:)``.
    public func received(_ chunk: Data) throws -> Bool {
        try typed { try run.received(chunk: chunk) }
    }

    /// The file has ended, and all of it was received.
    ///
    /// - Throws: ``ForetapError/internal(_:)``.
    public func completed() throws {
        try typed { try run.completed() }
    }

    /// The file did not come, or broke off; what was received of it is forgotten.
    ///
    /// - Throws: ``ForetapError/internal(_:)``.
    public func absent(_ why: ModelSyncAbsence) throws {
        try typed { try run.absent(isMissing: why == .missing) }
    }

    /// Ends the run, however far it came, once: stores what is trusted now, tries a model that came on this phone's own
    /// log, which takes a second or two, and has it answer if it is no worse than the one before.
    ///
    /// - Throws: ``ForetapError/closed(_:)`` if the run has ended, or the ``Foretap/Foretap`` is closed;
    ///   ``ForetapError/transient(_:)`` and ``ForetapError/damaged(_:)``, after which the model before answers, and the
    ///   next run goes on from what was fetched.
    public func finish() throws -> ModelSyncReport {
        let now = try clock.now().native()
        return try typed { try run.finish(now: now).public }
    }

    /// Ends the run without trying a model, because its time is up: what was fetched whole is kept for the next run.
    /// Nothing happens if the run has ended.
    ///
    /// - Throws: ``ForetapError/closed(_:)`` if the ``Foretap/Foretap`` is closed; ``ForetapError/transient(_:)`` and
    ///   ``ForetapError/damaged(_:)``: the next run fetches again.
    public func cancel() throws {
        try typed { try run.cancel() }
    }
}
