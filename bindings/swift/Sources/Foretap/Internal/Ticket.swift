import Foundation

/// What one call waits with. Whoever takes the continuation out of it, the turn or the cancellation, resumes it.
///
/// Unchecked: what it holds is read and written under its lock alone. (`Mutex` needs iOS 18.)
final class Ticket<T: Sendable>: @unchecked Sendable {
    typealias Continuation = CheckedContinuation<T, any Error>

    private let lock = NSLock()
    private var continuation: Continuation?
    private var isTorn = false

    /// Puts the continuation in; `false` if the call was cancelled before.
    func wait(_ continuation: Continuation) -> Bool {
        lock.withLock {
            if !isTorn { self.continuation = continuation }
            return !isTorn
        }
    }

    /// Takes the continuation out for the turn; `nil` if the call was cancelled.
    func call() -> Continuation? {
        lock.withLock {
            defer { continuation = nil }
            return continuation
        }
    }

    /// Takes the continuation out for the cancellation; `nil` if the turn has come, or nobody waits yet.
    func tear() -> Continuation? {
        lock.withLock {
            isTorn = true
            defer { continuation = nil }
            return continuation
        }
    }
}
