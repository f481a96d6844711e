import Foundation
import Testing

@testable import Foretap

@Suite struct ExportTests {
    private let folder: Folder
    private var file: URL { folder.file("habits.export") }

    init() throws {
        folder = try Folder()
    }

    @Test("an export goes on elsewhere and without its secret tells nothing")
    func elsewhere() async throws {
        let secret = ExportSecret.passphrase("correct horse")
        do {
            let foretap = try await inMemory()
            try await foretap.record(habit(100))
            try await foretap.decide(.exclude(news))
            let exported = try await foretap.export(to: file, secret: secret)
            #expect(try Data(contentsOf: file).count == exported.bytes)
            #expect(exported.leftOut > 0 && exported.events + exported.leftOut == 100 && exported.controls == 1)
        }
        #expect(try Data(contentsOf: file).firstRange(of: Data("maps".utf8)) == nil)
        do {
            let foretap = try await inMemory()
            let refused = await errorOf {
                try await foretap.import(from: file, secret: .passphrase("another horse"))
            }
            #expect(refused?.kind == "wrongSecret")
            let imported = try await foretap.import(from: file, secret: secret)
            #expect(imported.added > 50 && imported.controls == 1 && imported.known == 0)
            #expect(try await foretap.decisions().map(\.control) == [.unnamed(isNeverLearn: false)])
            #expect(try await foretap.predict(moment: .unlockOrResume).items.first == mail)
        }
    }

    @Test("two exports of the same log under the same key have no bytes in common")
    func entropy() async throws {
        let secret = ExportSecret.key(Data(repeating: 5, count: 32))
        let foretap = try await inMemory()
        try await foretap.record(habit(20))
        try await foretap.export(to: file, secret: secret)
        let first = try Data(contentsOf: file)
        try await foretap.export(to: file, secret: secret)
        #expect(try Data(contentsOf: file).suffix(64) != first.suffix(64))
    }

    @Test("a file that cannot be used is told and changes nothing")
    func unusable() async throws {
        let secret = ExportSecret.key(Data(count: 32))
        try Data("no export".utf8).write(to: folder.file("other"))
        let foretap = try await inMemory()
        try await foretap.record(habit(10))
        let refused = await [
            errorOf { try await foretap.export(to: folder.file("none/habits.export"), secret: secret) },
            errorOf { try await foretap.import(from: folder.file("none"), secret: secret) },
            errorOf { try await foretap.import(from: folder.file("other"), secret: secret) },
            errorOf { try await foretap.import(from: try #require(URL(string: "https://a.b/c")), secret: secret) },
            errorOf { try await foretap.export(to: try #require(URL(string: "https://a.b/c")), secret: secret) },
        ]
        #expect(refused.map(\.?.kind) == ["file", "file", "badExport", "invalidArgument", "invalidArgument"])
        #expect(try await foretap.health().events == 10)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path()) == ["other"])
    }

    @Test("an export that is cut off anywhere is refused")
    func cutOff() async throws {
        let secret = ExportSecret.key(Data(repeating: 5, count: 32))
        try await inMemory().export(to: file, secret: secret)
        let whole = try Data(contentsOf: file)
        let foretap = try await inMemory()
        for length in stride(from: 0, to: whole.count, by: max(1, whole.count / 20)) {
            try whole.prefix(length).write(to: file)
            let refused = await errorOf { try await foretap.import(from: file, secret: secret) }
            // A seal that does not hold says no more than that.
            #expect(["badExport", "wrongSecret"].contains(refused?.kind), "\(length) of \(whole.count) bytes")
        }
    }
}
