import Foretap
import Foundation

/// Brings a phone the model that a repository has for it.
///
/// ```swift
/// let session = { @Sendable in try await ModelSyncSession(root: root) { foretap } }
/// let outcome = try await Sync(SyncSetup(server: server, session: session)).run()
/// ```
///
/// It fetches what is missing, a difference rather than the whole where there is one. A model that came is tried on this
/// phone's own log, on the run's own queue and for a second or two, while the `Foretap` goes on answering; it answers
/// from then on if it is no worse than the one before. What a run fetched whole is kept for the next one, also of a run
/// that was cancelled. A run ends as
///
/// - ``SyncOutcome/synced(modelChanged:)`` where the phone has what it is to have, also if it tried a model and gave it back;
/// - the outcome of the ``TransportFailure`` where a file could not be fetched, and ``SyncOutcome/postponed(_:retryAfter:)``
///   with ``SyncReason/status`` where the server does not have it yet;
/// - ``SyncOutcome/refused(_:)`` where a file was not believed: ``SyncReason/refusedRoot``,
///   ``SyncReason/refusedTimestamp``, ``SyncReason/refusedRelease`` or ``SyncReason/refusedModel``, by what was being fetched;
/// - ``SyncOutcome/postponed(_:retryAfter:)`` where the log cannot be used now: ``SyncReason/storage``,
///   ``SyncReason/keystore`` or ``SyncReason/inUse``;
/// - ``SyncOutcome/refused(_:)`` where it cannot be used at all, ``SyncReason/log``, or not so, ``SyncReason/setup``.
public final class ModelSyncSession: SyncSession {
    private let begun: Begun<any ModelRun>
    private let last = LastFile()

    /// A session of one run.
    ///
    /// - Parameters:
    ///   - root: the file of the repository's first root, as it lies in the app's bundle: whom to believe; at most 64 KiB.
    ///   - channel: which releases to follow.
    ///   - segments: the groups that this phone belongs to, by the names that releases give them. They do not leave it.
    ///   - foretap: the open log, whose predictions the model corrects. It is to stay open until the run has ended.
    /// - Throws: what `foretap` throws and is no `ForetapError`, which becomes the run's outcome; `CancellationError`.
    public convenience init(
        root: Data,
        channel: String = "stable",
        segments: Set<String> = [],
        foretap: @Sendable () async throws -> Foretap
    ) async throws {
        let begun = try await Begun<any ModelRun> {
            try await foretap().beginModelSync(root: root, channel: channel, segments: segments)
        }
        self.init(begun)
    }

    convenience init(_ run: any ModelRun) {
        self.init(.running(run))
    }

    private init(_ begun: Begun<any ModelRun>) {
        self.begun = begun
    }

    /// The next file to fetch; when there is none, the run's outcome, after a model that came was tried. Throws nothing:
    /// an error is an outcome.
    public func next() throws -> SyncStep { try begun.next(step) }

    /// Takes the next bytes of the file.
    ///
    /// - Returns: whether more of it is wanted.
    /// - Throws: `ForetapError.internal`.
    public func received(_ chunk: Data) throws -> Bool { try run?.received(chunk) ?? false }

    /// The file is here.
    ///
    /// - Throws: `ForetapError.internal`.
    public func fetched() throws { try run?.completed() }

    /// Does nothing: nothing is sent.
    public func posted(_ reply: PostReply) throws {}

    /// The file did not come. That the server has none (HTTP 404) can be as it should be.
    ///
    /// - Throws: `ForetapError.internal`.
    public func failed(_ failure: TransportFailure) throws {
        last.failed(failure)
        try run?.absent(failure.isMissing ? .missing : .unreachable)
    }

    /// Ends the run; of one that is not at its end, what was fetched whole is kept.
    public func close() { try? run?.cancel() }

    private var run: (any ModelRun)? { begun.run }

    private func step(of run: any ModelRun) throws -> SyncStep {
        switch try run.next() {
        case .fetch(let path, let maxBytes): return fetch(path, maxBytes)
        case .finish: return .done(outcome(of: try run.finish()))
        }
    }

    private func fetch(_ path: String, _ maxBytes: Int) -> SyncStep {
        // The library says no path that could lead elsewhere; one that it did would not be followed.
        guard let step = try? SyncStep.Fetch(SyncPath(path), maxBytes: maxBytes) else {
            return .done(.refused(.sessionError))
        }
        last.asked(path)
        return .fetch(step)
    }

    private func outcome(of report: ModelSyncReport) -> SyncOutcome {
        switch report.ending {
        case .upToDate, .fetched, .withdrawn: .synced(modelChanged: report.modelChanged)
        case .unreachable: lacking
        case .refused: .refused(refused)
        }
    }

    /// The outcome for the lack of a file. One that was named and is not there may be on its way to the server.
    private var lacking: SyncOutcome {
        guard let failure = last.file.failure else { return .postponed(.network) }
        return failure.isMissing ? .postponed(failure.reason) : failure.outcome
    }

    /// What is refused is the file that was asked for last, or one that counts no longer since that has come.
    private var refused: SyncReason {
        switch last.file.path.prefix(while: { $0 != "/" }) {
        case "root": .refusedRoot
        case "timestamp": .refusedTimestamp
        case "release": .refusedRelease
        default: .refusedModel
        }
    }
}

extension SyncOutcome {
    /// The outcome of a run that an error ended; what it says ends here.
    init(of error: ForetapError) {
        self =
            switch error {
            case .invalidArgument: .refused(.setup)
            case .transient: .postponed(.storage)
            case .keyUnavailable: .postponed(.keystore)
            case .inUse: .postponed(.inUse)
            default: .refused(.log)
            }
    }
}

extension SyncReason {
    /// A root was not believed, or the one that is believed has expired.
    public static let refusedRoot = SyncReason(known: "refused_root")

    /// A timestamp was not believed, or has expired, or what it still names has.
    public static let refusedTimestamp = SyncReason(known: "refused_timestamp")

    /// A release was not believed, or has expired.
    public static let refusedRelease = SyncReason(known: "refused_release")

    /// What came is not the model that the release names.
    public static let refusedModel = SyncReason(known: "refused_model")

    /// The root or the channel cannot be used, or the host chose a model of its own.
    public static let setup = SyncReason(known: "setup")

    /// The phone's storage is busy or full.
    public static let storage = SyncReason(known: "storage")

    /// The keychain does not answer now.
    public static let keystore = SyncReason(known: "keystore")

    /// Another process, or another `Foretap` of this one, has the log.
    public static let inUse = SyncReason(known: "in_use")

    /// The log was closed or erased, or cannot be opened.
    public static let log = SyncReason(known: "log")
}

extension TransportFailure {
    fileprivate var isMissing: Bool { self == .status(404) }
}
