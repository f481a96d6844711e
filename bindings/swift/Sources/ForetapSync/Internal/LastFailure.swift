import Foundation

/// Why the last step could not be carried out, where it could not.
///
/// Unchecked: what it holds is read and written under its lock alone.
final class LastFailure: @unchecked Sendable {
    private let lock = NSLock()
    private var kept: TransportFailure?

    var failure: TransportFailure? { lock.withLock { kept } }

    func keep(_ failure: TransportFailure) { lock.withLock { kept = failure } }
}
