import Foundation
import Testing

@testable import ForetapSync

@Suite(.timeLimit(.minutes(2)))
final class PostTests {
    private let server: LocalServer
    private let batch: SyncStep.Post

    init() throws {
        server = try LocalServer()
        var random = SystemRandomNumberGenerator()
        let body = Data((0..<SyncStep.maxBodyBytes).map { _ in UInt8.random(in: 0...255, using: &random) })
        batch = try post("batches", body: body, id: "0123456789abcdef0123456789abcdef")
    }

    deinit {
        server.close()
    }

    @Test(
        "replies are told apart",
        arguments: [(202, PostReply.accepted), (200, .alreadyAccepted), (422, .conflict)]
    )
    func replies(code: Int, reply: PostReply) async throws {
        server.answer(Answer(code, text: "ignored"))
        guard case .answered(reply) = try await posted() else {
            Issue.record("no reply")
            return
        }
    }

    @Test("every retry sends the same bytes under the same id")
    func retries() async throws {
        server.answer(Answer(text: "x", .closing))
        server.answer(Answer(500))
        server.answer(Answer(202))
        #expect(try await fails() == .unreachable)
        #expect(try await fails() == .status(500))
        #expect(try await fails() == nil)
        for _ in 0..<3 {
            let request = try await server.request()
            #expect(request.method == "POST")
            #expect(request.target == "/models/v1/batches")
            #expect(request.headers["user-agent"] == "Foretap")
            #expect(request.headers["content-type"] == "application/octet-stream")
            #expect(request.headers["idempotency-key"] == batch.id.hex)
            #expect(request.body == batch.body)
        }
        #expect(server.requests == 3)
    }

    @Test("what is no reply is a failure, and one step is one request")
    func failures() async throws {
        server.answer(Answer(413))
        #expect(try await fails() == .status(413))
        server.answer(Answer(429, [("Retry-After", "60")]))
        #expect(try await fails() == .busy(retryAfter: .seconds(60)))
        server.answer(Answer(308, [("Location", server.address)]))
        #expect(try await fails() == .redirected)
        server.answer(Answer(503, [("Retry-After", "0")]))
        #expect(try await fails() == .busy(retryAfter: .zero))
        server.answer(Answer(408))
        #expect(try await fails() == .status(408))
        #expect(server.requests == 5)
    }

    private func posted() async throws -> Transferred {
        let transport = try server.transport()
        defer { transport.close() }
        return try await transport.post(batch)
    }

    private func fails() async throws -> TransportFailure? {
        guard case .failed(let failure) = try await posted() else { return nil }
        return failure
    }
}
