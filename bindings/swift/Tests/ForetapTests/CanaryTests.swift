import Foundation
import Testing

@testable import Foretap

@Suite struct CanaryTests {
    @Test("no error shows what it refuses")
    func errors() async throws {
        let folder = try Folder()
        let canary = "canary-" + String(repeating: "x", count: 300)
        let missing = folder.file("canary/none")
        let secret = ExportSecret.passphrase(canary)
        let tooLong = String(repeating: canary, count: 4)
        try Data("canary".utf8).write(to: folder.file("canary.export"))
        try FileManager.default.createDirectory(at: folder.file("canary.db"), withIntermediateDirectories: true)
        let foretap = try await inMemory()
        let calls: [() async throws -> Void] = [
            { try await foretap.record(.action(canary)) },
            { try await foretap.record([.action(canary)]) },
            { try await foretap.backfill([.action(canary)]) },
            { try await foretap.record(.unlock(context: PhoneContext(place: canary))) },
            { try await foretap.record(.unlock(context: PhoneContext(accessPoint: canary))) },
            { try await foretap.record(Event(.dismiss(item: mail, surface: canary))) },
            { _ = try await foretap.predict(surface: canary) },
            { _ = try await foretap.predict(candidates: [Item(canary)]) },
            { try await foretap.decide(.exclude(Item(canary))) },
            { _ = try await foretap.beginModelSync(root: Data(canary.utf8), channel: canary, segments: [canary]) },
            { try await foretap.export(to: missing, secret: secret) },
            { try await foretap.export(to: folder.file("other"), secret: .passphrase(tooLong)) },
            { try await foretap.import(from: missing, secret: secret) },
            { try await foretap.import(from: folder.file("canary.export"), secret: secret) },
            { _ = try await Foretap.open(at: folder.log("canary.db"), keys: FixedKeys()) },
            { _ = try await Foretap.open(at: folder.log("canary.export/log"), keys: FixedKeys()) },
        ]
        for (number, call) in calls.enumerated() {
            guard let error = await errorOf(call) else {
                Issue.record("number \(number) was not refused")
                continue
            }
            let texts = [error.description, error.localizedDescription, "\(error)", dumped(error)]
            #expect(texts.allSatisfy { !$0.contains("canary") }, "number \(number)")
            #expect(!"\((error as NSError).userInfo)".contains("canary"), "number \(number)")
        }
    }

    @Test("secrets are in no text")
    func secrets() throws {
        let bytes = Data("canary-canary-canary-canary-cana".utf8)
        let keys = try LogKeys(key: bytes, salt: bytes.prefix(16), pseudonymSecret: bytes)
        let secrets: [Any] = [
            keys, Pseudonyms(secret: bytes), ExportSecret.key(bytes), ExportSecret.passphrase("canary canary"),
        ]
        for secret in secrets {
            let texts = ["\(secret)", String(reflecting: secret), dumped(secret)]
            let isTold = texts.contains { $0.contains("canary") || $0.contains("99") || $0.contains("bytes") }
            #expect(!isTold, "\(texts)")
        }
    }

    @Test("keys that were used are overwritten")
    func wiped() throws {
        var keys = try FixedKeys().load()
        keys.wipe()
        #expect(keys.key == Data(count: 32) && keys.salt == Data(count: 16) && keys.pseudonymSecret == Data(count: 32))
    }

    private func dumped(_ value: Any) -> String {
        var text = ""
        dump(value, to: &text)
        return text
    }
}
