import Foretap
import Foundation
import Testing

@testable import ForetapSync

/// A session that asks for its script, step by step, and writes down what it is told.
///
/// Unchecked: what changes is touched under the lock alone.
final class ScriptedSession: SyncSession, @unchecked Sendable {
    private let lock = NSLock()
    private var steps: [SyncStep]
    private let wanted: Int
    private var body = Data()
    private var kept: [String] = []
    private var sizes: [Int] = []

    init(_ script: SyncStep..., wanted: Int = .max) {
        steps = script
        self.wanted = wanted
    }

    init(script: [SyncStep]) {
        steps = script
        wanted = .max
    }

    /// What was told, in order; chunks that follow one another are one entry.
    var told: [String] { lock.withLock { kept } }

    var bytes: Data { lock.withLock { body } }

    var chunks: [Int] { lock.withLock { sizes } }

    func next() throws -> SyncStep {
        try lock.withLock {
            guard !steps.isEmpty else { throw POSIXError(.ENODATA) }
            return steps.removeFirst()
        }
    }

    func received(_ chunk: Data) throws -> Bool {
        lock.withLock {
            if kept.last != "received" { kept.append("received") }
            sizes.append(chunk.count)
            body.append(chunk)
            return body.count < wanted
        }
    }

    func fetched() throws { tell("fetched") }

    func posted(_ reply: PostReply) throws { tell("\(reply)") }

    func failed(_ failure: TransportFailure) throws { tell(failure.reason.code) }

    func close() { tell("closed") }

    private func tell(_ what: String) { lock.withLock { kept.append(what) } }
}

/// A session that breaks when it is told something, or at the question after its script.
final class ThrowingSession: SyncSession {
    struct Canary: Error {
        let words = "canary"
    }

    let asked: ScriptedSession

    init(_ script: SyncStep...) {
        asked = ScriptedSession(script: script)
    }

    func next() throws -> SyncStep {
        guard let step = try? asked.next() else { throw Canary() }
        return step
    }

    func received(_ chunk: Data) throws -> Bool { throw Canary() }

    func fetched() throws { throw Canary() }

    func posted(_ reply: PostReply) throws { throw Canary() }

    func failed(_ failure: TransportFailure) throws { throw Canary() }

    func close() { asked.close() }
}

/// Keeps what closures of a test are told. Unchecked: touched under the lock alone.
final class Kept<Value: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var kept: [Value] = []

    var values: [Value] { lock.withLock { kept } }

    func keep(_ value: Value) { lock.withLock { kept.append(value) } }
}

func fetch(_ path: String = "timestamp", offset: Int = 0, maxBytes: Int = 1_000) throws -> SyncStep.Fetch {
    try SyncStep.Fetch(SyncPath(path), offset: offset, maxBytes: maxBytes)
}

func post(
    _ path: String = "batches",
    body: Data = Data([1]),
    id: String = String(repeating: "0", count: 32)
) throws -> SyncStep.Post {
    try SyncStep.Post(SyncPath(path), body: body, id: BatchId(hex: id))
}

let synced = SyncOutcome.synced(modelChanged: true)

extension LocalServer {
    func server() throws -> SyncServer { try SyncServer(unchecked: #require(URL(string: address))) }

    func transport(_ timeouts: TransportTimeouts = .init()) throws -> URLSessionTransport {
        try URLSessionTransport(server(), timeouts: timeouts)
    }
}
