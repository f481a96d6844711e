import Foretap
import Foundation
import Testing

@testable import ForetapSync

/// What a run of uploads says, to the transport and back.
@Suite(.timeLimit(.minutes(2)))
final class UploadSessionTests {
    private let server: LocalServer

    init() throws {
        server = try LocalServer()
    }

    deinit {
        server.close()
    }

    @Test("a server that has it, or had it, took it, and one that never will has refused it")
    func replies() async throws {
        for code in [202, 200, 422] { server.answer(Answer(code)) }
        let upload = ScriptedUpload("v1/erasures", "v1/batches", "v1/batches", end: uploaded(taken: 1, refused: 1))
        #expect(try await outcome(upload) == .synced(modelChanged: false))
        #expect(upload.told == ["taken", "taken", "refused", "finish"])
        let requests = server.looked()
        #expect(requests.map(\.target) == ["erasures", "batches", "batches"].map { "/models/v1/v1/\($0)" })
        #expect(requests.allSatisfy { $0.body == Data([1, 2]) && $0.method == "POST" })
    }

    @Test("why something is left says what to do next")
    func left() async throws {
        let answers: [(Answer, SyncOutcome)] = [
            (Answer(503, [("Retry-After", "70")]), .postponed(.busy, retryAfter: .seconds(70))),
            (Answer(500), .postponed(.status)), (Answer(404), .refused(.status)), (Answer(413), .refused(.status)),
            (Answer(302, [("Location", "https://example.org/")]), .refused(.redirect)),
            (Answer(text: "x", .closing), .postponed(.network)),
        ]
        for (answer, expected) in answers {
            server.answer(answer)
            let upload = ScriptedUpload("v1/batches", end: uploaded(left: 1))
            #expect(try await outcome(upload) == expected)
            #expect(upload.told == ["failed", "finish"])
        }
        // The server answered to all of it, and would not erase.
        #expect(try await outcome(ScriptedUpload(end: uploaded(left: 1))) == .refused(.status))
    }

    @Test("an error is an outcome, without its words")
    func errors() async throws {
        let errors: [(ForetapError, SyncOutcome)] = [
            (.transient("canary"), .postponed(.storage)), (.keyUnavailable("canary"), .postponed(.keystore)),
            (.inUse("canary"), .postponed(.inUse)), (.closed("canary"), .refused(.log)),
            (.damaged("canary"), .refused(.log)), (.internal("canary"), .refused(.log)),
        ]
        for (error, expected) in errors {
            let outcome = try await outcome(ScriptedUpload(end: .failure(error)))
            #expect(outcome == expected && !"\(outcome)".contains("canary"))
            let session = { @Sendable in try await UploadSession { throw error } }
            #expect(try await Sync(SyncSetup(server: server.server(), session: session)).run() == expected)
        }
        let other = { @Sendable in try await UploadSession { throw ThrowingSession.Canary() } }
        #expect(try await Sync(SyncSetup(server: server.server(), session: other)).run() == .refused(.sessionError))
        #expect(server.requests == 0)
    }

    @Test("a path that could lead elsewhere is not sent to, and nothing is fetched")
    func path() async throws {
        for path in ["../v1/batches", "v1/batches?x", "", "https://example.com"] {
            #expect(try await outcome(ScriptedUpload(path, end: uploaded())) == .refused(.sessionError))
        }
        let session = UploadSession(ScriptedUpload(end: uploaded()))
        #expect(try !session.received(Data([1])))
        try session.fetched()
        #expect(server.requests == 0)
    }

    @Test("closing ends the run, after a cancellation too, and what that throws is dropped")
    func closing() async throws {
        server.answer(Answer(text: "x", .silent))
        let upload = ScriptedUpload("v1/batches", end: .failure(ForetapError.transient("canary")))
        let sync = try Sync(SyncSetup(server: server.server(), session: { UploadSession(upload) }))
        let task = Task { try await sync.run() }
        _ = try await server.request()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(upload.told == ["finish"])
    }

    private func outcome(_ upload: ScriptedUpload) async throws -> SyncOutcome {
        let transport = try server.transport()
        defer { transport.close() }
        return try await SyncRun(session: UploadSession(upload), transport: transport).outcome()
    }
}
