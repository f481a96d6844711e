import Foretap
import Foundation

/// Sends what the person allowed, as `Foretap.waitingUploads()` shows it, byte for byte, after the erasures that somebody who
/// took something back has asked for.
///
/// ```swift
/// let session = { @Sendable in try await UploadSession { foretap } }
/// let outcome = try await Sync(SyncSetup(server: server, session: session)).run()
/// ```
///
/// Nothing is sent, and nothing asked, where `Foretap.uploadConsent()` allows nothing and nothing is to be erased. A run ends
/// as
///
/// - ``SyncOutcome/synced(modelChanged:)`` where the server has what it is to have, or there was nothing; `modelChanged` is
///   `false`. What it will never take (HTTP 422) is not sent again;
/// - the outcome of the ``TransportFailure`` where something could not be sent: the next run sends the same bytes under the
///   same id;
/// - ``SyncOutcome/refused(_:)`` with ``SyncReason/status`` where the server would not erase; the next run asks again;
/// - the outcomes of ``ModelSyncSession`` where the log cannot be used.
public final class UploadSession: SyncSession {
    private let begun: Begun<any UploadRun>
    private let last = LastFailure()

    /// A session of one run.
    ///
    /// - Parameter foretap: the open log. It is to stay open until the run has ended.
    /// - Throws: what `foretap` throws and is no `ForetapError`, which becomes the run's outcome; `CancellationError`.
    public convenience init(foretap: @Sendable () async throws -> Foretap) async throws {
        self.init(try await Begun { try await foretap().beginUpload() })
    }

    convenience init(_ run: any UploadRun) {
        self.init(.running(run))
    }

    private init(_ begun: Begun<any UploadRun>) {
        self.begun = begun
    }

    /// The next batch to send; when there is none, the run's outcome. Throws nothing: an error is an outcome.
    public func next() throws -> SyncStep { try begun.next(step) }

    /// Does nothing: nothing is fetched.
    public func received(_ chunk: Data) throws -> Bool { false }

    /// Does nothing: nothing is fetched.
    public func fetched() throws {}

    /// The server has it, or will never take it.
    ///
    /// - Throws: `ForetapError.internal`.
    public func posted(_ reply: PostReply) throws {
        switch reply {
        case .accepted, .alreadyAccepted: try run?.taken()
        case .conflict: try run?.refused()
        }
    }

    /// It could not be sent: what is left waits for another run.
    ///
    /// - Throws: `ForetapError.internal`.
    public func failed(_ failure: TransportFailure) throws {
        last.keep(failure)
        try run?.failed()
    }

    /// Ends the run; what was sent by one that is not at its end is not sent again.
    public func close() { _ = try? run?.finish() }

    private var run: (any UploadRun)? { begun.run }

    private func step(of run: any UploadRun) throws -> SyncStep {
        switch try run.next() {
        case .post(let path, let id, let body): return post(path, id, body)
        case .finish: return .done(outcome(of: try run.finish()))
        }
    }

    private func post(_ path: String, _ id: String, _ body: Data) -> SyncStep {
        // The library says no path that could lead elsewhere; one that it did would not be followed.
        guard let step = try? SyncStep.Post(SyncPath(path), body: body, id: BatchId(hex: id)) else {
            return .done(.refused(.sessionError))
        }
        return .post(step)
    }

    private func outcome(of report: UploadReport) -> SyncOutcome {
        if report.left == 0 { return .synced(modelChanged: false) }
        // Without a failure the server has answered to all of it, and would not erase.
        return last.failure?.outcome ?? .refused(.status)
    }
}
