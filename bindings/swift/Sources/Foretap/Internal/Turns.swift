import Dispatch

/// One call at a time, in the order in which they were made, on a thread that is neither the caller's nor one of the
/// cooperative pool.
final class Turns: Sendable {
    private let queue = DispatchQueue(label: "dev.foretap.calls", qos: .userInitiated)

    /// Does `work` when its turn has come.
    ///
    /// - Throws: what `work` throws; `CancellationError` if the task is cancelled before. Then nothing was done.
    func take<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
        let ticket = Ticket<T>()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                guard ticket.wait(continuation) else { return continuation.resume(throwing: CancellationError()) }
                queue.async { ticket.call()?.resume(with: Result(catching: work)) }
            }
        } onCancel: {
            ticket.tear()?.resume(throwing: CancellationError())
        }
    }

    /// Does `work` when its turn has come, whether or not the task is cancelled.
    func insist<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result(catching: work)) }
        }
    }

    /// Does `work` when its turn has come, and nobody waits for it.
    func leave(_ work: @escaping @Sendable () -> Void) {
        queue.async(execute: work)
    }
}
