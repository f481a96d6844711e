import Foretap
import Foundation
import Testing

@testable import ForetapSync

/// The example of uploads, letter for letter.
@Suite(.timeLimit(.minutes(2)))
struct SyncSnippetTests {
    @Test("the example of uploads runs")
    func runs() async throws {
        let foretap = try await Foretap.inMemory()
        let server = SyncServer(unchecked: try #require(URL(string: "http://127.0.0.1:1/")))
        #expect(try await uploads(foretap, Data([1]), server, server) == .refused(.setup), "the root is none")
        #expect(try await foretap.uploadConsent().reports)
    }

    @Test("it is the one that runs")
    func same() throws {
        let text = try String(contentsOf: URL(filePath: #filePath), encoding: .utf8)
        let lines = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        let start = try #require(lines.firstIndex(of: "// uploads"))
        let example = lines[(start + 1)...].prefix { $0 != "// end" }.joined(separator: "\n")
        let package = (0..<3).reduce(URL(filePath: #filePath)) { url, _ in url.deletingLastPathComponent() }
        let readme = try String(contentsOf: package.appending(path: "README.md"), encoding: .utf8)
        #expect(readme.contains("```swift\n\(example)\n```"))
    }

    private func uploads(
        _ foretap: Foretap,
        _ root: Data,
        _ modelServer: SyncServer,
        _ server: SyncServer
    ) async throws -> SyncOutcome {
        // uploads
        try await foretap.setUploadConsent(UploadConsent(reports: true))  // what the person chose, and can take back
        for waiting in try await foretap.waitingUploads() { print(waiting.text) }  // decoded from the very bytes
        let models = SyncSetup(server: modelServer, session: { try await ModelSyncSession(root: root) { foretap } })
        let uploads = SyncSetup(server: server, session: { try await UploadSession { foretap } })
        let outcome = try await Sync(models.then(uploads)).run()  // or BackgroundSync(models.then(uploads))
        // end
        return outcome
    }
}
