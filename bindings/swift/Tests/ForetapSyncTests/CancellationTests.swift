import Foundation
import Testing

@testable import ForetapSync

@Suite(.timeLimit(.minutes(2)))
final class CancellationTests {
    private let server: LocalServer

    init() throws {
        server = try LocalServer()
    }

    deinit {
        server.close()
    }

    @Test("a transfer ends where it stands, and nothing comes after it")
    func transfer() async throws {
        server.answer(Answer(text: String(repeating: "x", count: 100_000), .dripping(1_000)))
        let begun = AsyncStream<Void>.makeStream()
        let sizes = Kept<Int>()
        let transport = try server.transport()
        defer { transport.close() }
        let step = try fetch(maxBytes: 100_000)
        let task = Task {
            try await transport.fetch(step) {
                sizes.keep($0.count)
                begun.continuation.yield()
                return true
            }
        }
        for await _ in begun.stream { break }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        let bytes = sizes.values.reduce(0, +)
        #expect((1..<100_000).contains(bytes))
        // What the server still drips reaches nobody.
        try await Task.sleep(for: .milliseconds(100))
        #expect(sizes.values.reduce(0, +) == bytes)
    }

    @Test("waiting for an answer ends too")
    func waiting() async throws {
        server.answer(Answer(202, text: "x", .silent))
        let transport = try server.transport()
        defer { transport.close() }
        let step = try post()
        let task = Task { try await transport.post(step) }
        _ = try await server.request()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(server.requests == 1)
    }

    @Test("a step of a task that is cancelled already ends too, and the next one is carried out")
    func early() async throws {
        server.answer(Answer(text: "x"))
        server.answer(Answer(text: "x"))
        let transport = try server.transport()
        defer { transport.close() }
        let step = try fetch()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            _ = try await transport.fetch(step) { _ in true }
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        guard case .whole = try await transport.fetch(step, take: { _ in true }) else {
            Issue.record("the next step was not carried out")
            return
        }
    }
}
