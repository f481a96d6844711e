import Foretap
import Foundation
import Testing

@testable import ForetapSync

/// A phone on what `cargo xtask sync` trained, approved, published and rolled back; it names the folder.
private let drill = ProcessInfo.processInfo.environment["FORETAP_DRILL"].map { URL(filePath: $0) }

@Suite("published models", .enabled(if: drill != nil), .timeLimit(.minutes(2)))
struct PublishedModelsTests {
    @Test("what was published answers, and what was rolled back answers no longer")
    func life() async throws {
        let drill = try #require(drill)
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
