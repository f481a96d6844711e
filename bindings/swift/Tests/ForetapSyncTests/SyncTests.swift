import Foundation
import Testing

@testable import ForetapSync

/// One suite that takes turns, as runs do.
@Suite(.serialized, .timeLimit(.minutes(2)))
final class SyncTests {
    private let server: LocalServer
    private let ended = Kept<SyncOutcome>()

    init() throws {
        server = try LocalServer()
    }

    deinit {
        server.close()
    }

    @Test("a run asks the session to its end, closes it and tells how it ended")
    func run() async throws {
        server.answer(Answer(text: "abc"))
        let session = try ScriptedSession(.fetch(fetch()), .done(synced))
        #expect(try await sync { session }.run() == synced)
        #expect(session.told == ["received", "fetched", "closed"])
        #expect(ended.values == [synced])
    }

    @Test("what the host throws ends here, and its words with it")
    func throwing() async throws {
        for _ in 0..<3 { server.answer(Answer(text: "x")) }
        let refused = SyncOutcome.refused(.sessionError)
        #expect(try await sync { throw ThrowingSession.Canary() }.run() == refused)
        #expect(try await sync { throw CancellationError() }.run() == refused)
        let sessions = try [
            ThrowingSession(), ThrowingSession(.fetch(fetch())), ThrowingSession(.post(post())),
        ]
        for session in sessions {
            let outcome = try await sync { session }.run()
            #expect(outcome == refused)
            #expect(!"\(outcome)".contains("canary"))
            #expect(session.asked.told == ["closed"])
        }
    }

    @Test("a run that is cancelled closes its session and tells nobody")
    func cancelled() async throws {
        server.answer(Answer(text: "x", .silent))
        let session = try ScriptedSession(.fetch(fetch()), .done(synced))
        let sync = try sync { session }
        let task = Task { try await sync.run() }
        _ = try await server.request()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(session.told == ["closed"])
        #expect(ended.values.isEmpty)
    }

    @Test("a run that waits for another and is cancelled opens no session")
    func cancelledWaiting() async throws {
        server.answer(Answer(text: "x", .silent))
        let session = try ScriptedSession(.fetch(fetch()), .done(synced))
        let opened = Kept<Int>()
        let (one, two) = (
            try sync { session },
            try sync {
                opened.keep(1)
                return session
            }
        )
        let first = Task { try await one.run() }
        _ = try await server.request()
        let second = Task { try await two.run() }
        second.cancel()
        await #expect(throws: CancellationError.self) { try await second.value }
        first.cancel()
        _ = try? await first.value
        #expect(opened.values.isEmpty)
    }

    @Test("two runs do not overlap")
    func turns() async throws {
        for _ in 0..<4 { server.answer(Answer(text: "x")) }
        let open = Kept<Int>()
        let sync = try sync {
            open.keep(1)
            return try CountedSession(open)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 { group.addTask { _ = try await sync.run() } }
            try await group.waitForAll()
        }
        #expect(open.values == [1, -1, 1, -1, 1, -1, 1, -1])
    }

    @Test("nothing that a failure says names a path, a content or an id")
    func silence() async throws {
        server.answer(Answer(404, text: "canary"))
        server.answer(Answer(302, [("Location", "https://canary.example.org/")]))
        server.answer(Answer(text: "canary", .halfClosing))
        server.answer(Answer(500, text: "canary"))
        let transport = try server.transport()
        defer { transport.close() }
        var said = ""
        for _ in 0..<3 { said += "\(try await transport.fetch(fetch("canary")) { _ in true })" }
        said += "\(try await transport.post(post("canary", body: Data("canary".utf8))))"
        #expect(!said.contains("canary"))
        #expect(said.contains("404") && said.contains("500"))
    }

    private func sync(_ session: @escaping @Sendable () async throws -> any SyncSession) throws -> Sync {
        let ended = ended
        return try Sync(SyncSetup(server: server.server(), session: session) { ended.keep($0) })
    }
}

/// A session that says when it is closed.
private final class CountedSession: SyncSession {
    private let inner: ScriptedSession
    private let open: Kept<Int>

    init(_ open: Kept<Int>) throws {
        inner = try ScriptedSession(.fetch(fetch()), .done(synced))
        self.open = open
    }

    func next() throws -> SyncStep { try inner.next() }

    func received(_ chunk: Data) throws -> Bool { try inner.received(chunk) }

    func fetched() throws { try inner.fetched() }

    func posted(_ reply: PostReply) throws { try inner.posted(reply) }

    func failed(_ failure: TransportFailure) throws { try inner.failed(failure) }

    func close() { open.keep(-1) }
}
