import Foretap
import Foundation
import Testing

@testable import ForetapSync

/// Where `cargo xtask uploads` runs a receiver while it runs this test.
private let drill = (0..<5).reduce(URL(filePath: #filePath)) { url, _ in url.deletingLastPathComponent() }
    .appending(path: "target/uploads")

private let isOn = FileManager.default.fileExists(atPath: drill.appending(path: "address").path)

@Suite("uploads to the receiver", .enabled(if: isOn), .timeLimit(.minutes(2)))
struct UploadsDrillTests {
    private static let dayMs: Int64 = 86_400_000
    private static let days: Int64 = 5

    @Test("what was allowed and shown arrives at the receiver")
    func arrives() async throws {
        let today = Timestamp(epochMs: Int64(Date().timeIntervalSince1970 * 1_000), utcOffsetMinutes: 0)
        let start = today.plus(ms: -Self.days * Self.dayMs)
        let foretap = try await Foretap.inMemory(options: ForetapOptions(clock: WallClock { today }))
        try await foretap.record([.unlock(at: start.plus(ms: -1))])
        try await foretap.setUploadConsent(UploadConsent(reports: true, samples: true))
        for day in 0..<Self.days { try await foretap.record(events(of: start.plus(ms: day * Self.dayMs))) }
        let shown = try await foretap.waitingUploads()
        let names = shown.flatMap { waiting in
            waiting.text.split(separator: "\n").filter { $0.contains("- sample ") }
                .map { $0.split(separator: " ")[2].prefix(32) }
        }
        #expect(names.count > Int(Self.days))
        let session = { @Sendable in try await UploadSession { foretap } }
        let sync = Sync(SyncSetup(server: try server(), session: session))
        #expect(try await sync.run() == .synced(modelChanged: false))
        #expect(try await foretap.waitingUploads().isEmpty)
        try Data(names.joined(separator: "\n").utf8).write(to: drill.appending(path: "swift.sent"))
    }

    /// A day with a dozen unlocks, after each of which something is done.
    private func events(of start: Timestamp) -> [Event] {
        (0..<12).flatMap { number -> [Event] in
            let at = start.plus(ms: Int64(number) * 1_800_000)
            let item = Item(["reorder", "tickets", "search", "profile"][number * number % 4])
            return [.unlock(at: at), .launch(item, at: at.plus(ms: 2_000))]
        }
    }

    /// The receiver. Foundation on Linux checks certificates, but no pins.
    private func server() throws -> SyncServer {
        let address = try String(contentsOf: drill.appending(path: "address"), encoding: .utf8)
        let port = try #require(address.trimmingCharacters(in: .whitespacesAndNewlines).split(separator: ":").last)
        return SyncServer(unchecked: try #require(URL(string: "https://localhost:\(port)/")))
    }
}
