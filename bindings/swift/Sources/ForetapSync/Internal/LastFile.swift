import Foundation

/// The file that was asked for last, and why it did not come, where it did not.
///
/// Unchecked: what it holds is read and written under its lock alone.
final class LastFile: @unchecked Sendable {
    private let lock = NSLock()
    private var kept: (path: String, failure: TransportFailure?) = ("", nil)

    var file: (path: String, failure: TransportFailure?) { lock.withLock { kept } }

    func asked(_ path: String) { lock.withLock { kept = (path, nil) } }

    func failed(_ failure: TransportFailure) { lock.withLock { kept.failure = failure } }
}
