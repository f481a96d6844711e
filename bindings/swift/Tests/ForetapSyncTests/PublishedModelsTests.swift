import Foretap
import Foundation
import Testing

@testable import ForetapSync

/// Where `cargo xtask sync` leaves what it trained, approved, published and rolled back. A week later its timestamp counts no
/// longer, so only that runs this test: it leaves the mark.
private let drill = (0..<5).reduce(URL(filePath: #filePath)) { url, _ in url.deletingLastPathComponent() }
    .appending(path: "target/sync")

private let isOn = FileManager.default.fileExists(atPath: drill.appending(path: "on").path)

@Suite("published models", .enabled(if: isOn), .timeLimit(.minutes(2)))
struct PublishedModelsTests {
    @Test("what was published answers, and what was rolled back answers no longer")
    func life() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "foretap-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let now = Timestamp(epochMs: Int64(Date().timeIntervalSince1970 * 1_000), utcOffsetMinutes: 0)
        let foretap = try await Foretap.open(
            at: .file(folder.appending(path: "log.db")),
            keys: .file(folder.appending(path: "keys")),
            options: ForetapOptions(clock: WallClock { now })
        )
        try await foretap.record(
            (0..<300).map { number in
                .action(number % 5 == 0 ? "reorder" : "tickets", at: now.plus(ms: Int64(number - 301) * 420_000))
            }
        )
        let server = try LocalServer()
        defer { server.close() }
        let root = try Data(contentsOf: drill.appending(path: "root"))
        let session = { @Sendable in try await ModelSyncSession(root: root) { foretap } }
        let sync = Sync(try SyncSetup(server: server.server(), session: session))
        for (state, version) in [("published", "v1.1"), ("rolled_back", "v1.0")] {
            let served = drill.appending(path: state)
            server.answer { request in
                let path = request.target.replacingOccurrences(of: "/models/v1/", with: "")
                guard let content = try? Data(contentsOf: served.appending(path: path)) else { return Answer(404) }
                return Answer(body: content)
            }
            #expect(try await sync.run() == .synced(modelChanged: true))
            let ranking = try await foretap.predict()
            #expect(!ranking.items.isEmpty && ranking.model?.hasSuffix(version) == true)
        }
        #expect(server.looked().map(\.kind).contains("delta"))
        try await foretap.close()
    }
}
