import Foundation
internal import ForetapFFI

/// One run that sends what the person allowed, and what is to be erased, without a network of its own: it says what to send
/// and is told what the server said.
///
/// `UploadSession` of the product ForetapSync carries it out. A host with a transport of its own does it so:
///
/// ```swift
/// let upload = try await foretap.beginUpload()
/// while case .post(let path, let id, let body) = try upload.next() {
///     switch sent(path, id, body) {
///     case 200, 202: try upload.taken()
///     case 422: try upload.refused()
///     default: try upload.failed()
///     }
/// }
/// print(try upload.finish().left)
/// ```
///
/// Calls come one at a time, from any thread, and work on that thread: from one that may be blocked, such as a queue of
/// the host's. The ``Foretap/Foretap`` answers meanwhile. What was sent by a run that was let go of before its end is sent
/// again, and the server keeps it once.
public final class Upload: Sendable {
    private let run: UploadRun

    init(_ run: UploadRun) {
        self.run = run
    }

    /// What to send now, the same until it is answered.
    ///
    /// - Throws: ``ForetapError/internal(_:)``.
    public func next() throws -> UploadStep {
        guard let post = try typed({ try run.post() }) else { return .finish }
        return .post(path: post.path, id: post.id, body: post.body)
    }

    /// The server has it now, or had it before.
    ///
    /// - Throws: ``ForetapError/internal(_:)``.
    public func taken() throws {
        try typed { try run.answered(reply: .taken) }
    }

    /// The server will never take it: a batch is not sent again. An erasure is asked for again by the next run.
    ///
    /// - Throws: ``ForetapError/internal(_:)``.
    public func refused() throws {
        try typed { try run.answered(reply: .refused) }
    }

    /// It could not be sent: the run is over, and what is left waits for another.
    ///
    /// - Throws: ``ForetapError/internal(_:)``.
    public func failed() throws {
        try typed { try run.failed() }
    }

    /// Ends the run, however far it came, once: what the server has is not sent again.
    ///
    /// - Throws: ``ForetapError/closed(_:)`` if the run has ended, or the ``Foretap/Foretap`` is closed;
    ///   ``ForetapError/transient(_:)`` and ``ForetapError/damaged(_:)``, after which all of it is sent again, and the
    ///   server keeps it once.
    @discardableResult
    public func finish() throws -> UploadReport {
        try typed { try run.end().public }
    }
}
