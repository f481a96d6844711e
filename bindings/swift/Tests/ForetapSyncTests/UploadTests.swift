import Foretap
import Foundation
import Testing

@testable import ForetapSync

/// From a person's permission to what arrives at a server of this process, as a host sets it up.
@Suite(.timeLimit(.minutes(2)))
final class UploadTests {
    private let server: LocalServer
    private let clock = DayClock()
    private let ended = Kept<SyncOutcome>()
    private let done = SyncOutcome.synced(modelChanged: false)

    init() throws {
        server = try LocalServer()
    }

    deinit {
        server.close()
    }

    @Test("what arrives is what was shown, byte for byte, and arrives once")
    func arrives() async throws {
        let foretap = try await consenting()
        let shown = try await foretap.waitingUploads()
        server.answer(Answer(202))
        #expect(try await upload(foretap) == done)
        expect(server.looked(), shown)
        #expect(shown.count == 1)
        #expect(try await foretap.waitingUploads().isEmpty)
        #expect(try await upload(foretap) == done)
        #expect(server.requests == 1)
        #expect(ended.values == [done, done])
    }

    @Test("nobody is asked where nothing is allowed")
    func nothing() async throws {
        let foretap = try await inMemory()
        try await live(foretap, days: 3)
        #expect(try await upload(foretap) == done)
        #expect(server.requests == 0)
    }

    @Test("every retry sends the same bytes under the same id, until the server has them")
    func retries() async throws {
        let foretap = try await consenting()
        let shown = try await foretap.waitingUploads()
        let answers: [(Answer, SyncOutcome)] = [
            (Answer(503, [("Retry-After", "7")]), .postponed(.busy, retryAfter: .seconds(7))),
            (Answer(text: "x", .closing), .postponed(.network)),
            (Answer(500), .postponed(.status)),
            (Answer(403), .refused(.status)),
            // It had it before: an answer was lost.
            (Answer(200), done),
        ]
        for (answer, expected) in answers {
            server.answer(answer)
            #expect(try await upload(foretap) == expected)
            expect(server.looked(), shown)
        }
        #expect(try await foretap.waitingUploads().isEmpty)
    }

    @Test("a server that is too slow, and a run that is cancelled half-way, send what is left the next time")
    func cut() async throws {
        let foretap = try await consenting()
        _ = try await foretap.waitingUploads()
        try await live(foretap, days: 2)
        let shown = try await foretap.waitingUploads()
        #expect(shown.count == 2)
        server.answer(Answer(text: "x", .silent))
        #expect(try await sync(foretap, timeouts: TransportTimeouts(idle: 1)).run() == .postponed(.timeout))
        expect(server.looked(), [shown[0]])
        server.answer(Answer(202))
        server.answer(Answer(text: "x", .silent))
        let sync = try sync(foretap)
        let task = Task { try await sync.run() }
        for waiting in shown { expect([try await server.request()], [waiting]) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await foretap.waitingUploads() == [shown[1]])
        server.answer(Answer(202))
        #expect(try await upload(foretap) == done)
        expect(server.looked(), [shown[1]])
    }

    @Test("what the server will never take is not offered again")
    func refused() async throws {
        let foretap = try await consenting()
        server.answer(Answer(422, text: "canary"))
        #expect(try await upload(foretap) == done)
        #expect(try await foretap.waitingUploads().isEmpty)
        #expect(try await upload(foretap) == done)
        #expect(server.requests == 1)
    }

    @Test("what is taken back is erased, first of all, and as often as it takes")
    func takenBack() async throws {
        let foretap = try await consenting()
        server.answer(Answer(202))
        #expect(try await upload(foretap) == done)
        _ = server.looked()
        try await live(foretap, days: 2)
        try await foretap.setUploadConsent(UploadConsent(reports: true))
        #expect(try await foretap.waitingUploads().isEmpty)
        try await live(foretap, days: 2)
        let shown = try await foretap.waitingUploads()
        // It would not erase; the batch it takes.
        server.answer(Answer(422))
        server.answer(Answer(202))
        #expect(try await upload(foretap) == .refused(.status))
        let requests = server.looked()
        #expect(requests.first?.target == "/v1/erasures" && requests.first?.body.count == 32)
        expect(Array(requests.dropFirst()), shown)
        server.answer(Answer(202))
        #expect(try await upload(foretap) == done)
        let again = server.looked()
        #expect(again.map(\.body) == [requests[0].body] && again[0].target == requests[0].target)
        #expect(again[0].headers["idempotency-key"] == requests[0].headers["idempotency-key"])
        #expect(try await upload(foretap) == done)
        #expect(server.requests == 4)
    }

    @Test("models and uploads are one run, and one does not stop the other")
    func together() async throws {
        let (foretap, root, ended) = (try await consenting(), try Repository.root(), ended)
        let session = { @Sendable in try await ModelSyncSession(root: root) { foretap } }
        let models = try SyncSetup(server: server.server(), session: session) { ended.keep($0) }
        let both = Sync(try models.then(setup(foretap)))
        server.answer { $0.target.hasPrefix("/v1/") ? Answer(202) : Answer(404) }
        #expect(try await both.run() == .postponed(.status))
        #expect(server.looked().map(\.target).last == "/v1/batches")
        try await live(foretap, days: 1)
        server.answer { $0.target.hasPrefix("/v1/") ? Answer(403) : Answer(503, [("Retry-After", "9")]) }
        #expect(try await both.run() == .postponed(.busy, retryAfter: .seconds(9)))
        server.answer { $0.target.hasPrefix("/v1/") ? Answer(403) : Answer(410) }
        #expect(try await both.run() == .refused(.status))
        let told: [SyncOutcome] = [
            .postponed(.status), done, .postponed(.busy, retryAfter: .seconds(9)), .refused(.status),
            .refused(.status), .refused(.status),
        ]
        #expect(ended.values == told)
    }

    @Test("of several outcomes the one counts that asks for most")
    func outcomes() {
        let changed = SyncOutcome.synced(modelChanged: true)
        #expect(SyncOutcome(of: [done, done]) == done && SyncOutcome(of: [changed, done]) == changed)
        #expect(SyncOutcome(of: [changed, .refused(.status)]) == .refused(.status))
        #expect(SyncOutcome(of: [.refused(.status), .postponed(.network), changed]) == .postponed(.network))
        let busy = SyncOutcome.postponed(.busy, retryAfter: .seconds(9))
        let both = SyncOutcome(of: [.postponed(.network), busy])
        #expect(both == .postponed(.network, retryAfter: .seconds(9)))
    }

    @Test("no name is in what is sent")
    func canaries() async throws {
        let foretap = try await inMemory()
        let point = try foretap.pseudonyms.token(label: "bssid", text: "canary.bssid")
        try await foretap.setUploadConsent(UploadConsent(reports: true, samples: true))
        let context = PhoneContext(place: "canary.place", accessPoint: point)
        try await live(foretap, days: 3, context: context) { "canary.item.\($0)" }
        server.answer(Answer(500, text: "canary"))
        let outcome = try await upload(foretap)
        server.answer(Answer(202, text: "canary"))
        #expect(try await upload(foretap) == done && !"\(outcome)".contains("canary"))
        let requests = server.looked()
        #expect(requests.count == 2)
        for request in requests {
            let texts = ["\(request.target) \(request.headers)", String(decoding: request.body, as: UTF8.self)]
            #expect(texts.allSatisfy { !$0.lowercased().contains("canary") && !$0.contains(point) })
        }
    }

    /// These requests brought what was shown.
    private func expect(_ requests: [LocalServer.Request], _ shown: [WaitingUpload]) {
        #expect(requests.map(\.target) == shown.map { _ in "/v1/batches" })
        #expect(requests.map { $0.headers["idempotency-key"] } == shown.map(\.id))
        #expect(requests.map(\.body) == shown.map(\.bytes))
        #expect(shown.allSatisfy { $0.text.contains($0.id) })
    }

    private func inMemory() async throws -> Foretap {
        try await Foretap.inMemory(options: ForetapOptions(clock: clock.wall))
    }

    /// A log in memory of somebody who allowed both three days ago.
    private func consenting() async throws -> Foretap {
        let foretap = try await inMemory()
        try await foretap.setUploadConsent(UploadConsent(reports: true, samples: true))
        try await live(foretap, days: 3)
        return foretap
    }

    /// So many days from now on, each with a dozen unlocks after which something is done.
    private func live(
        _ foretap: Foretap,
        days: Int,
        context: PhoneContext = .unknown,
        name: (Int) -> String = { ["mail", "maps", "news"][$0] }
    ) async throws {
        for _ in 0..<days {
            let start = clock.now
            try await foretap.record(
                (0..<12).flatMap { number -> [Event] in
                    let at = start.plus(ms: Int64(number) * 1_800_000)
                    let item = Item(name(number % 3))
                    return [.unlock(at: at, context: context), .launch(item, at: at.plus(ms: 2_000), context: context)]
                }
            )
            clock.nextDay()
        }
    }

    private func setup(_ foretap: Foretap) throws -> SyncSetup {
        let (ended, url) = (ended, try #require(URL(string: "http://127.0.0.1:\(server.port)/")))
        let session = { @Sendable in try await UploadSession { foretap } }
        return SyncSetup(server: SyncServer(unchecked: url), session: session) { ended.keep($0) }
    }

    private func sync(_ foretap: Foretap, timeouts: TransportTimeouts = .init()) throws -> Sync {
        Sync(try setup(foretap), timeouts: timeouts)
    }

    private func upload(_ foretap: Foretap) async throws -> SyncOutcome { try await sync(foretap).run() }
}

/// A clock that a test moves day by day.
///
/// Unchecked: the time is read and written under the lock alone.
private final class DayClock: @unchecked Sendable {
    private let lock = NSLock()
    private var time = Repository.now

    var wall: WallClock { WallClock { self.now } }

    var now: Timestamp { lock.withLock { time } }

    func nextDay() { lock.withLock { time = time.plus(ms: 86_400_000) } }
}
