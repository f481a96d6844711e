import Foundation

@testable import Foretap
@testable import ForetapSync

/// A run that sends its script, then ends as it was told to, and writes down what it is told.
///
/// Unchecked: what changes is touched under the lock alone.
final class ScriptedUpload: UploadRun, @unchecked Sendable {
    private let lock = NSLock()
    private var paths: [String]
    private let end: Result<UploadReport, any Error>
    private var kept: [String] = []

    init(_ paths: String..., end: Result<UploadReport, any Error>) {
        self.paths = paths
        self.end = end
    }

    /// What was told, in order.
    var told: [String] { lock.withLock { kept } }

    func next() throws -> UploadStep {
        let id = "0123456789abcdef0123456789abcdef"
        return lock.withLock {
            paths.isEmpty ? .finish : .post(path: paths.removeFirst(), id: id, body: Data([1, 2]))
        }
    }

    func taken() throws { tell("taken") }

    func refused() throws { tell("refused") }

    func failed() throws { tell("failed") }

    func finish() throws -> UploadReport {
        tell("finish")
        return try end.get()
    }

    private func tell(_ what: String) { lock.withLock { kept.append(what) } }
}

func uploaded(taken: Int = 0, refused: Int = 0, left: Int = 0) -> Result<UploadReport, any Error> {
    .success(UploadReport(taken: taken, refused: refused, erasures: 0, left: left))
}
