import Foundation
import Testing

@testable import Foretap

/// Uploads without a network: the test is the server.
@Suite(.timeLimit(.minutes(2)))
struct UploadTests {
    private let clock = HandClock()
    private let folder: Folder
    private let both = UploadConsent(reports: true, samples: true)

    init() throws {
        folder = try Folder()
    }

    @Test("nothing waits before the person allows it, and what was before is not sent later")
    func nothing() async throws {
        let foretap = try await inMemory(clock)
        try await foretap.lived(days: 3, clock)
        #expect(try await foretap.uploadConsent() == UploadConsent(reports: false, samples: false))
        #expect(try await foretap.waitingUploads().isEmpty)
        #expect(try await foretap.sent().isEmpty)
        try await foretap.setUploadConsent(both)
        #expect(try await foretap.uploadConsent() == both)
        #expect(try await foretap.waitingUploads().isEmpty)
    }

    @Test("what is shown is what is sent, and is sent once")
    func shown() async throws {
        let foretap = try await consenting()
        let shown = try #require(try await foretap.waitingUploads().first)
        let parts = ["batch \(shown.id)\n", "reports of a day: 2", "samples of an unlock: ", "mix_log_p"]
        #expect(parts.filter { !shown.text.contains($0) } == [])
        #expect(try await foretap.sent() == [.post(path: "v1/batches", id: shown.id, body: shown.bytes)])
        #expect(try await foretap.waitingUploads().isEmpty)
        #expect(try await foretap.sent().isEmpty)
    }

    @Test("each permission is its own", arguments: [true, false])
    func permissions(reports: Bool) async throws {
        let foretap = try await consenting(UploadConsent(reports: reports, samples: !reports))
        let text = try await foretap.waitingUploads().map(\.text).joined()
        #expect(text.contains("reports of a day: 0") == !reports)
        #expect(text.contains("samples of an unlock: 0") == reports)
    }

    @Test("what could not be sent is sent again, the same bytes under the same id")
    func retries() async throws {
        let foretap = try await consenting()
        let first = try await foretap.beginUpload()
        let tried = try first.next()
        #expect(try first.next() == tried, "until it is answered")
        try first.failed()
        #expect(try first.next() == .finish)
        #expect(try first.finish() == UploadReport(taken: 0, refused: 0, erasures: 0, left: 1))
        try await foretap.lived(days: 1, clock)
        let again = try await foretap.sent()
        #expect(again.count == 2 && again.first == tried)
    }

    @Test("what a server will never take is not offered again")
    func refused() async throws {
        let foretap = try await consenting()
        let upload = try await foretap.beginUpload()
        try upload.refused()
        #expect(try upload.finish() == UploadReport(taken: 0, refused: 1, erasures: 0, left: 0))
        #expect(try await foretap.waitingUploads().isEmpty)
    }

    @Test("a run ends once, and a closed log begins none")
    func ended() async throws {
        let foretap = try await consenting()
        let upload = try await foretap.beginUpload()
        try upload.taken()
        try upload.finish()
        #expect(await errorOf { _ = try upload.finish() }?.kind == "closed")
        try upload.taken()
        try upload.failed()
        #expect(try upload.next() == .finish)
        let late = try await foretap.beginUpload()
        try await foretap.close()
        let calls: [() async throws -> Void] = [
            { _ = try late.finish() }, { _ = try await foretap.beginUpload() },
            { _ = try await foretap.waitingUploads() }, { _ = try await foretap.uploadConsent() },
            { try await foretap.setUploadConsent(both) },
        ]
        for call in calls { #expect(await errorOf(call)?.kind == "closed") }
    }

    @Test("what is taken back no longer waits, and what was sent is erased, as often as it takes")
    func takenBack() async throws {
        let foretap = try await consenting()
        #expect(try await foretap.sent().count == 1)
        try await foretap.lived(days: 2, clock)
        #expect(try await foretap.waitingUploads().count == 1)
        try await foretap.setUploadConsent(UploadConsent())
        #expect(try await foretap.waitingUploads().isEmpty)
        let refused = try await foretap.beginUpload()
        while try refused.next() != .finish { try refused.refused() }
        #expect(try refused.finish().left > 0)
        try await expectErasures(foretap)
    }

    @Test("what the person allowed outlives the process")
    func lasting() async throws {
        let first = try await opened()
        try await first.setUploadConsent(both)
        try await first.lived(days: 3, clock)
        let waiting = try await first.waitingUploads()
        try await first.close()
        let second = try await opened()
        #expect(try await second.uploadConsent() == both)
        #expect(try await second.waitingUploads() == waiting && waiting.count == 1)
        try await second.close()
    }

    @Test("after an erasure the next log at the same place has erased what was sent, and then nothing is left")
    func erased() async throws {
        let first = try await opened()
        try await first.setUploadConsent(both)
        try await first.lived(days: 3, clock)
        try await first.share(first.predict(moment: .unlockOrResume))
        #expect(try await first.sent().count == 1)
        try await first.erase()
        #expect(try files() == ["log.db.erasures"])
        #expect(try !Foretap.hasLog(at: place))
        // Somebody erases again before anything was sent.
        try await Foretap.eraseAt(place, keys: keys)
        #expect(try files() == ["log.db.erasures"])
        let next = try await opened()
        #expect(try await next.opened() == .created)
        #expect(try await next.uploadConsent() == UploadConsent())
        try await expectErasures(next)
        try await next.erase()
        #expect(!folder.file("foretap").isThere)
    }

    @Test("no name is in what is sent or shown")
    func canaries() async throws {
        let foretap = try await inMemory(clock)
        let point = try foretap.pseudonyms.token(label: "bssid", text: "canary.bssid")
        try await foretap.setUploadConsent(both)
        let context = PhoneContext(place: "canary.place", accessPoint: point)
        try await foretap.lived(days: 4, clock, context: context) { "canary.item.\($0)" }
        let shown = try await foretap.waitingUploads()
        #expect(!shown.isEmpty)
        for waiting in shown {
            let texts = [waiting.text, String(decoding: waiting.bytes, as: UTF8.self), "\(waiting)"]
            #expect(texts.allSatisfy { !$0.lowercased().contains("canary") && !$0.contains(point) })
        }
        #expect(try await foretap.sent().count == shown.count)
    }

    private var place: LogPlace { .container(folder.url) }
    private var keys: FileKeys { FileKeys(folder.file("log.keys")) }

    private func files() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.file("foretap").path(percentEncoded: false))
    }

    private func opened() async throws -> Foretap {
        try await Foretap.open(at: place, keys: keys, options: ForetapOptions(clock: clock.wall))
    }

    /// A log in memory of somebody who allowed this three days ago.
    private func consenting(
        _ consent: UploadConsent = UploadConsent(reports: true, samples: true)
    ) async throws -> Foretap {
        let foretap = try await inMemory(clock)
        try await foretap.setUploadConsent(consent)
        try await foretap.lived(days: 3, clock)
        return foretap
    }

    private func expectErasures(_ foretap: Foretap) async throws {
        let erasures = try await foretap.sent()
        #expect(!erasures.isEmpty)
        for case .post(let path, _, let body) in erasures { #expect(path == "v1/erasures" && body.count == 32) }
        #expect(try await foretap.sent().isEmpty)
    }
}

extension Foretap {
    /// So many days from now on, each with a dozen unlocks after which something is done.
    func lived(
        days: Int,
        _ clock: HandClock,
        context: PhoneContext = .unknown,
        name: (Int) -> String = { ["mail", "maps", "news"][$0] }
    ) async throws {
        for _ in 0..<days {
            let start = clock.now
            try await record(
                (0..<12).flatMap { number -> [Event] in
                    let at = start.plus(ms: Int64(number) * 30 * minuteMs)
                    let item = Item(name(number % 3))
                    return [.unlock(at: at, context: context), .launch(item, at: at.plus(ms: 2_000), context: context)]
                }
            )
            clock.advance(minutes: 24 * 60)
        }
    }

    /// A run against a server that takes everything; what it was sent.
    func sent() async throws -> [UploadStep] {
        let upload = try await beginUpload()
        var sent: [UploadStep] = []
        while case .post(let path, let id, let body) = try upload.next() {
            sent.append(.post(path: path, id: id, body: body))
            try upload.taken()
        }
        let report = try upload.finish()
        #expect(report.taken + report.erasures == sent.count && report.left == 0 && report.refused == 0)
        return sent
    }
}
