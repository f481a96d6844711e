import Foundation

/// Asks a session for its steps and carries them out, one after the other.
struct SyncRun: Sendable {
    /// 64 roots, a timestamp, a release, a dozen deltas and a fortnight of batches fit in.
    static let maxSteps = 512

    let session: any SyncSession
    let transport: URLSessionTransport

    /// Runs to the end, or for ``maxSteps`` steps.
    func outcome() async throws -> SyncOutcome {
        for _ in 0..<Self.maxSteps {
            try Task.checkCancellation()
            switch try await told({ try $0.next() }) {
            case .fetch(let step): try await report(transport.fetch(step, take: session.received))
            case .post(let step): try await report(transport.post(step))
            case .done(let outcome): return outcome
            }
        }
        return .refused(.tooManySteps)
    }

    private func report(_ transferred: Transferred) async throws {
        switch transferred {
        case .whole: try await told { try $0.fetched() }
        case .stopped: break
        case .answered(let reply): try await told { try $0.posted(reply) }
        case .failed(let failure): try await told { try $0.failed(failure) }
        case .threw(let error): throw error
        }
    }

    /// A session may work on the disk, which must not hold up what else runs.
    private func told<T: Sendable>(_ work: @escaping @Sendable (any SyncSession) throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            transport.queue.async { continuation.resume(with: Result { try work(session) }) }
        }
    }
}
