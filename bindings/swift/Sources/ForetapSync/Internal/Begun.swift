import Foretap

/// A run that a log has begun, or the outcome that came in its place.
enum Begun<Run: Sendable>: Sendable {
    case running(Run)
    case ended(SyncOutcome)

    /// Begins a run; an error of the log becomes the outcome, any other is thrown.
    init(_ begin: () async throws -> Run) async throws {
        do {
            self = .running(try await begin())
        } catch let error as ForetapError {
            self = .ended(SyncOutcome(of: error))
        }
    }

    var run: Run? {
        if case .running(let run) = self { run } else { nil }
    }

    /// What `step` makes of the run; an error of the log ends it.
    func next(_ step: (Run) throws -> SyncStep) throws -> SyncStep {
        switch self {
        case .ended(let outcome): return .done(outcome)
        case .running(let run):
            do {
                return try step(run)
            } catch let error as ForetapError {
                return .done(SyncOutcome(of: error))
            }
        }
    }
}
