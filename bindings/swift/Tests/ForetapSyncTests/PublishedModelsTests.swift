import Foretap
import Foundation
import Testing

@testable import ForetapSync

/// Where `cargo xtask sync` leaves what it trained, approved, published and rolled back, which it serves over TLS 1.3 while it
/// runs these tests. A week later its timestamp counts no longer.
private let drill = (0..<5).reduce(URL(filePath: #filePath)) { url, _ in url.deletingLastPathComponent() }
    .appending(path: "target/sync")

private let isOn = FileManager.default.fileExists(atPath: drill.appending(path: "address").path)

@Suite("published models", .enabled(if: isOn), .serialized, .timeLimit(.minutes(2)))
struct PublishedModelsTests {
    @Test("a server whose certificate nobody knows is not asked for anything")
    func stranger() async throws {
        let transport = URLSessionTransport(try server("stranger", of: "published"))
        defer { transport.close() }
        let asked = try self.asked()
        let step = try SyncStep.Fetch(SyncPath("timestamp"), maxBytes: 4_096)
        guard case .failed(.handshake) = try await transport.fetch(step, take: { _ in true }) else {
            Issue.record("it was trusted")
            return
        }
        #expect(try self.asked() == asked)
    }

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
        let root = try Data(contentsOf: drill.appending(path: "root"))
        let session = { @Sendable in try await ModelSyncSession(root: root) { foretap } }
        for (state, version) in [("published", "v1.1"), ("rolled_back", "v1.0")] {
            let sync = Sync(try SyncSetup(server: server("address", of: state), session: session))
            #expect(try await sync.run() == .synced(modelChanged: true))
            let ranking = try await foretap.predict()
            #expect(!ranking.items.isEmpty && ranking.model?.hasSuffix(version) == true)
        }
        #expect(try asked().contains { $0.hasPrefix("/published/delta/") })
        try await foretap.close()
    }

    /// The server whose address the drill says in `file`. Foundation on Linux checks certificates, but no pins.
    private func server(_ file: String, of state: String) throws -> SyncServer {
        let address = try String(contentsOf: drill.appending(path: file), encoding: .utf8)
        return SyncServer(unchecked: try #require(URL(string: address + state)))
    }

    /// The paths that the server was asked for so far.
    private func asked() throws -> [Substring] {
        guard let lines = try? String(contentsOf: drill.appending(path: "asked"), encoding: .utf8) else { return [] }
        return lines.split(separator: "\n")
    }
}
