import Foundation

@testable import Foretap
@testable import ForetapSync

/// A run that wants its script, then ends as it was told to, and writes down what it is told.
///
/// Unchecked: what changes is touched under the lock alone.
final class ScriptedRun: ModelRun, @unchecked Sendable {
    private let lock = NSLock()
    private var files: [String]
    private let end: Result<ModelSyncReport, any Error>
    private let wanted: Int
    private var bytes = 0
    private var kept: [String] = []

    init(_ files: String..., wanted: Int = .max, end: Result<ModelSyncReport, any Error>) {
        self.files = files
        self.wanted = wanted
        self.end = end
    }

    /// What was told, in order; chunks that follow one another are one entry.
    var told: [String] { lock.withLock { kept } }

    func next() throws -> ModelSyncStep {
        lock.withLock { files.isEmpty ? .finish : .fetch(path: files.removeFirst(), maxBytes: 1_000) }
    }

    func received(_ chunk: Data) throws -> Bool {
        lock.withLock {
            if kept.last != "received" { kept.append("received") }
            bytes += chunk.count
            return bytes < wanted
        }
    }

    func completed() throws { tell("completed") }

    func absent(_ why: ModelSyncAbsence) throws { tell("\(why)") }

    func finish() throws -> ModelSyncReport {
        tell("finish")
        return try end.get()
    }

    func cancel() throws {
        tell("cancel")
        throw ForetapError.transient("busy")
    }

    private func tell(_ what: String) { lock.withLock { kept.append(what) } }
}

func report(
    _ ending: ModelSyncReport.Ending,
    refusal: String? = nil,
    modelChanged: Bool = false
) -> Result<ModelSyncReport, any Error> {
    .success(
        ModelSyncReport(
            ending: ending,
            refusal: refusal,
            conclusion: nil,
            modelChanged: modelChanged,
            release: nil,
            model: nil
        )
    )
}
