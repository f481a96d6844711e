import Foretap
import Foundation
import Testing

@testable import ForetapSync

/// What a run of models says, to the transport and back.
@Suite(.timeLimit(.minutes(2)))
final class ModelSyncSessionTests {
    private let server: LocalServer

    init() throws {
        server = try LocalServer()
    }

    deinit {
        server.close()
    }

    @Test("a file is fetched from its first byte on, and told when it is whole")
    func whole() async throws {
        server.answer(Answer(text: "abc"))
        let run = ScriptedRun("release/ab", end: report(.upToDate))
        #expect(try await outcome(run) == .synced(modelChanged: false))
        #expect(run.told == ["received", "completed", "finish"])
        let request = try await server.request()
        #expect(request.target == "/models/v1/release/ab" && request.headers["range"] == nil)
    }

    @Test("a file that the server does not have is missing, and every other failure is unreachable")
    func absence() async throws {
        let answers: [(Answer, String)] = [
            (Answer(404), "missing"), (Answer(410), "unreachable"), (Answer(503), "unreachable"),
            (Answer(302, [("Location", "https://example.org/")]), "unreachable"),
            (Answer(text: "abcdef", .halfClosing), "unreachable"),
            (Answer(text: String(repeating: "x", count: 1_001)), "unreachable"),
        ]
        for (answer, absence) in answers {
            server.answer(answer)
            let run = ScriptedRun("timestamp", end: report(.upToDate))
            _ = try await outcome(run)
            #expect(run.told.filter { $0 != "received" } == [absence, "finish"])
        }
    }

    @Test("a file of which the run had enough is neither completed nor absent")
    func enough() async throws {
        server.answer(Answer(text: "abcdef"))
        let run = ScriptedRun("timestamp", wanted: 3, end: report(.refused))
        #expect(try await outcome(run) == .refused(.refusedTimestamp))
        #expect(run.told == ["received", "finish"])
    }

    @Test("what the run came to is an outcome, and the words of a refusal stay behind")
    func endings() async throws {
        let endings: [(Result<ModelSyncReport, any Error>, SyncOutcome)] = [
            (report(.upToDate), .synced(modelChanged: false)),
            (report(.upToDate, modelChanged: true), .synced(modelChanged: true)),
            (report(.fetched), .synced(modelChanged: false)),
            (report(.fetched, modelChanged: true), .synced(modelChanged: true)),
            (report(.withdrawn, modelChanged: true), .synced(modelChanged: true)),
            (report(.unreachable), .postponed(.network)),
            (report(.refused, refusal: "canary"), .refused(.refusedModel)),
            (.failure(ForetapError.transient("canary")), .postponed(.storage)),
            (.failure(ForetapError.keyUnavailable("canary")), .postponed(.keystore)),
            (.failure(ForetapError.inUse("canary")), .postponed(.inUse)),
            (.failure(ForetapError.invalidArgument("canary")), .refused(.setup)),
            (.failure(ForetapError.closed("canary")), .refused(.log)),
            (.failure(ForetapError.damaged("canary")), .refused(.log)),
            (.failure(ForetapError.internal("canary")), .refused(.log)),
        ]
        for (end, expected) in endings {
            let outcome = try await outcome(ScriptedRun(end: end))
            #expect(outcome == expected && !"\(outcome)".contains("canary"))
        }
    }

    @Test("a refusal names the kind of file that was asked for last")
    func refusals() async throws {
        let kinds = [
            ("root/2", "refused_root"), ("timestamp", "refused_timestamp"), ("release/ab", "refused_release"),
            ("delta/ab", "refused_model"), ("bundle/ab", "refused_model"),
        ]
        for (path, code) in kinds {
            server.answer(Answer(404))
            server.answer(Answer(text: "x"))
            let run = ScriptedRun("root/2", path, end: report(.refused))
            #expect(try await outcome(run) == .refused(SyncReason(code)))
        }
    }

    @Test("what keeps a run from beginning is its outcome, and what is not the library's is the host's error")
    func beginnings() async throws {
        let beginnings: [(ForetapError, SyncOutcome)] = [
            (.keyUnavailable("canary"), .postponed(.keystore)), (.inUse("canary"), .postponed(.inUse)),
            (.transient("canary"), .postponed(.storage)), (.keyLost("canary"), .refused(.log)),
        ]
        for (error, expected) in beginnings {
            let session = { @Sendable in try await ModelSyncSession(root: Data()) { throw error } }
            #expect(try await Sync(SyncSetup(server: server.server(), session: session)).run() == expected)
        }
        let foretap = try await Foretap.inMemory()
        let noRoot = { @Sendable in try await ModelSyncSession(root: Data([1, 2, 3])) { foretap } }
        #expect(try await Sync(SyncSetup(server: server.server(), session: noRoot)).run() == .refused(.setup))
        try await foretap.close()
        #expect(try await Sync(SyncSetup(server: server.server(), session: noRoot)).run() == .refused(.log))
        let other = { @Sendable in try await ModelSyncSession(root: Data()) { throw ThrowingSession.Canary() } }
        #expect(try await Sync(SyncSetup(server: server.server(), session: other)).run() == .refused(.sessionError))
        #expect(server.requests == 0)
    }

    @Test("where a file was lacking the outcome is that of the failure that came last")
    func lacking() async throws {
        let answers: [(Answer, SyncOutcome)] = [
            (Answer(503, [("Retry-After", "70")]), .postponed(.busy, retryAfter: .seconds(70))),
            (Answer(500), .postponed(.status)), (Answer(403), .refused(.status)),
            // Named, and not there: on its way to the server.
            (Answer(404), .postponed(.status)),
            (Answer(302, [("Location", "https://example.org/")]), .refused(.redirect)),
            (Answer(text: "abcdef", .halfClosing), .postponed(.network)),
        ]
        for (answer, expected) in answers {
            server.answer(Answer(404))
            server.answer(answer)
            #expect(try await outcome(ScriptedRun("root/2", "timestamp", end: report(.unreachable))) == expected)
        }
    }

    @Test("a path that could lead elsewhere is not fetched")
    func path() async throws {
        for path in ["../root/1", "root/1?x", "", "https://example.com"] {
            #expect(try await outcome(ScriptedRun(path, end: report(.upToDate))) == .refused(.sessionError))
        }
        #expect(server.requests == 0)
    }

    @Test("closing cancels, after a cancellation too, and what that throws is dropped")
    func closing() async throws {
        server.answer(Answer(text: "x", .silent))
        let run = ScriptedRun("timestamp", end: report(.upToDate))
        let sync = try Sync(SyncSetup(server: server.server(), session: { ModelSyncSession(run) }))
        let task = Task { try await sync.run() }
        _ = try await server.request()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(run.told == ["cancel"])
    }

    private func outcome(_ run: ScriptedRun) async throws -> SyncOutcome {
        let transport = try server.transport()
        defer { transport.close() }
        return try await SyncRun(session: ModelSyncSession(run), transport: transport).outcome()
    }
}
