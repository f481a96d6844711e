import Foundation

/// One synchronisation, without input or output of its own: it says what to transfer and is told what came of it.
///
/// The caller asks ``next()``, carries the step out, and reports: for ``SyncStep/fetch(_:)`` any number of
/// ``received(_:)``, then ``fetched()`` or ``failed(_:)``; for ``SyncStep/post(_:)`` one ``posted(_:)`` or
/// ``failed(_:)``. Then it asks ``next()`` again, until ``SyncStep/done(_:)``. Calls come one at a time, on a queue that
/// is the run's own and may be blocked. ``close()`` ends every session, after a cancellation too, which is not
/// reported: it comes when iOS wants its background time back. What was received before it is the session's to keep and
/// to resume from.
///
/// An error that a function throws ends the run as ``SyncReason/sessionError``; its words are dropped.
public protocol SyncSession: Sendable {
    /// The step to carry out now.
    func next() throws -> SyncStep

    /// Takes the next bytes of the body being fetched: in order, without gaps, ``SyncStep/maxChunkBytes`` at most, never more in
    /// all than the step allowed.
    ///
    /// - Returns: whether more of this body is wanted; after `false` the transfer ends and ``next()`` is asked.
    func received(_ chunk: Data) throws -> Bool

    /// The body being fetched has ended, and all of it was received.
    func fetched() throws

    /// The server has answered a ``SyncStep/post(_:)``.
    func posted(_ reply: PostReply) throws

    /// The step could not be carried out; of a body, none or some was received.
    func failed(_ failure: TransportFailure) throws

    /// Frees what the session holds.
    func close()
}
