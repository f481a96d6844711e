import Foundation
import Testing

@testable import ForetapSync

@Suite(.timeLimit(.minutes(2)))
final class SyncRunTests {
    private let server: LocalServer

    init() throws {
        server = try LocalServer()
    }

    deinit {
        server.close()
    }

    @Test("steps are carried out in order and a session hears of each")
    func order() async throws {
        server.answer(Answer(text: "abc"))
        server.answer(Answer(206, [("Content-Range", "bytes 3-5/6")], text: "def"))
        server.answer(Answer(202))
        server.answer(Answer(404))
        let session = try ScriptedSession(
            .fetch(fetch("a")),
            .fetch(fetch("b", offset: 3)),
            .post(post()),
            .fetch(fetch("c")),
            .done(synced)
        )
        #expect(try await outcome(session) == synced)
        #expect(session.told == ["received", "fetched", "received", "fetched", "accepted", "status"])
        #expect(session.bytes == Data("abcdef".utf8))
        var targets: [String] = []
        for _ in 0..<4 { targets.append(try await server.request().target) }
        #expect(targets == ["a", "b", "batches", "c"].map { "/models/v1/" + $0 })
    }

    @Test("steps share a connection")
    func connection() async throws {
        for _ in 0..<3 { server.answer(Answer(text: "x")) }
        _ = try await outcome(
            ScriptedSession(.fetch(fetch()), .fetch(fetch()), .fetch(fetch()), .done(synced))
        )
        for index in 0..<3 { #expect(try await server.request().index == index) }
    }

    @Test("a session that had enough is not told that all came")
    func enough() async throws {
        server.answer(Answer(text: String(repeating: "x", count: 100_000)))
        let session = try ScriptedSession(.fetch(fetch(maxBytes: 100_000)), .done(synced), wanted: 10)
        _ = try await outcome(session)
        #expect(session.told == ["received"])
    }

    @Test("after a failure the session says what is next")
    func failure() async throws {
        server.answer(Answer(404))
        server.answer(Answer(text: "full"))
        let session = try ScriptedSession(.fetch(fetch("delta")), .fetch(fetch("full")), .done(synced))
        _ = try await outcome(session)
        #expect(session.told == ["status", "received", "fetched"])
    }

    @Test("a session without end is ended")
    func endless() async throws {
        for _ in 0..<SyncRun.maxSteps { server.answer(Answer()) }
        let step = try SyncStep.fetch(fetch())
        let session = ScriptedSession(script: Array(repeating: step, count: SyncRun.maxSteps + 1))
        #expect(try await outcome(session) == .refused(.tooManySteps))
        #expect(server.requests == SyncRun.maxSteps)
    }

    private func outcome(_ session: any SyncSession) async throws -> SyncOutcome {
        let transport = try server.transport()
        defer { transport.close() }
        return try await SyncRun(session: session, transport: transport).outcome()
    }
}
