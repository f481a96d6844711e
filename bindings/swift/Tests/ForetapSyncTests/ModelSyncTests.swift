import Foretap
import Foundation
import Testing

@testable import ForetapSync

/// From a signed repository behind a server of this process to another model in the phone's rankings, as a host sets it up.
@Suite(.timeLimit(.minutes(2)))
final class ModelSyncTests {
    private let server: LocalServer
    private let folder: URL
    private let ended = Kept<SyncOutcome>()

    init() throws {
        server = try LocalServer()
        folder = FileManager.default.temporaryDirectory.appending(path: "foretap-\(UUID().uuidString)")
    }

    deinit {
        server.close()
        try? FileManager.default.removeItem(at: folder)
    }

    @Test("a model comes as a difference and answers, stays after a new start, and a release takes it back")
    func life() async throws {
        var foretap = try await opened()
        try await foretap.record(past)
        let shipped = try #require(try await foretap.predict().model)
        server.answer { Repository.answer($0, release: 1) }
        #expect(try await runAskingMeanwhile(foretap) == .synced(modelChanged: true))
        #expect(kinds() == ["root", "timestamp", "release", "delta"])
        let another = try await foretap.predict().model
        #expect(another != nil && another != shipped)
        #expect(try await run(foretap) == .synced(modelChanged: false))
        #expect(kinds() == ["root", "timestamp"])
        try await foretap.close()
        foretap = try await opened()
        #expect(try await foretap.predict().model == another)
        server.answer { Repository.answer($0, release: 2) }
        #expect(try await runAskingMeanwhile(foretap) == .synced(modelChanged: true))
        #expect(try await foretap.predict().model == shipped)
        #expect(ended.values == [true, false, true].map { .synced(modelChanged: $0) })
        // Whoever stands between cannot bring an older release back.
        server.answer { Repository.answer($0, release: 1) }
        #expect(try await run(foretap) == .refused(.refusedTimestamp))
        #expect(try await foretap.predict().model == shipped)
        try await foretap.close()
    }

    @Test("a file that was tampered with is refused by its kind, and the model before answers")
    func tampered() async throws {
        let foretap = try await opened()
        try await foretap.record(past)
        let shipped = try await foretap.predict().model
        for (kind, reason) in [("timestamp", SyncReason.refusedTimestamp), ("release", .refusedRelease)] {
            server.answer { request in
                let answer = Repository.answer(request, release: 1)
                return request.kind == kind ? answer.tampered : answer
            }
            #expect(try await runAskingMeanwhile(foretap) == .refused(reason))
            #expect(try await foretap.predict().model == shipped)
        }
        _ = kinds()
        // A difference that is none leads to the whole model.
        server.answer { request in
            let answer = Repository.answer(request, release: 1)
            return request.kind == "delta" ? answer.tampered : answer
        }
        #expect(try await run(foretap) == .synced(modelChanged: true))
        #expect(kinds().suffix(2) == ["delta", "bundle"])
        try await foretap.close()
    }

    @Test("a run that is cancelled half-way tells nobody, and the next one goes on from what is here")
    func cancelled() async throws {
        let foretap = try await opened()
        try await foretap.record(past)
        let shipped = try await foretap.predict().model
        let stuck = AsyncStream<Void>.makeStream()
        server.answer { request in
            let answer = Repository.answer(request, release: 1)
            guard request.kind == "delta" else { return answer }
            stuck.continuation.yield()
            return answer.stuck
        }
        let sync = try sync(foretap)
        let task = Task { try await sync.run() }
        for await _ in stuck.stream { break }
        #expect(try await foretap.predict().model == shipped)
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(ended.values.isEmpty)
        #expect(try await foretap.predict().model == shipped)
        _ = kinds()
        server.answer { Repository.answer($0, release: 1) }
        #expect(try await run(foretap) == .synced(modelChanged: true))
        #expect(kinds() == ["root", "timestamp", "delta"])
        #expect(try await foretap.predict().model != shipped)
        try await foretap.close()
    }

    @Test("a server that is not there, or lacks what it named, is tried again later")
    func unreachable() async throws {
        let foretap = try await opened()
        server.answer { $0.kind == "release" ? Answer(404) : Repository.answer($0, release: 1) }
        #expect(try await run(foretap) == .postponed(.status))
        server.answer { _ in Answer(503, [("Retry-After", "120")]) }
        #expect(try await run(foretap) == .postponed(.busy, retryAfter: .seconds(120)))
        server.close()
        #expect(try await run(foretap) == .postponed(.network))
        try await foretap.close()
    }

    private func opened() async throws -> Foretap {
        try await Foretap.open(
            at: .file(folder.appending(path: "log.db")),
            keys: .file(folder.appending(path: "keys")),
            options: ForetapOptions(clock: WallClock { Repository.now })
        )
    }

    /// Two actions by turns, for a day.
    private var past: [Event] {
        (0..<200).map { number in
            .action(number % 2 == 0 ? "tickets" : "reorder", at: Repository.now.plus(ms: Int64(number - 201) * 420_000))
        }
    }

    private func sync(_ foretap: Foretap) throws -> Sync {
        let (root, ended) = (try Repository.root(), ended)
        let session = { @Sendable in try await ModelSyncSession(root: root) { foretap } }
        return try Sync(SyncSetup(server: server.server(), session: session) { ended.keep($0) })
    }

    private func run(_ foretap: Foretap) async throws -> SyncOutcome { try await sync(foretap).run() }

    /// The same, while another task asks for rankings, each of which comes.
    private func runAskingMeanwhile(_ foretap: Foretap) async throws -> SyncOutcome {
        let asking = Task {
            var answers = 0
            while !Task.isCancelled {
                do {
                    let items = try await foretap.predict().items
                    #expect(!items.isEmpty)
                    answers += 1
                } catch is CancellationError {
                    // The end, between two questions.
                }
            }
            return answers
        }
        let outcome = try await run(foretap)
        asking.cancel()
        #expect(try await asking.value > 0)
        return outcome
    }

    /// What was asked for since this was last asked, by the first name of its path.
    private func kinds() -> [String] { server.looked().map(\.kind) }
}
