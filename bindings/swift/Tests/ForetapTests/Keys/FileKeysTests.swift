import Foundation
import Testing

@testable import Foretap

@Suite struct FileKeysTests {
    private let folder: Folder
    private let file: URL

    init() throws {
        folder = try Folder()
        file = folder.file("kept/log.keys")
    }

    @Test("keys are made once, for the owner alone, and nothing else is left")
    func made() throws {
        let first = try FileKeys(file).load()
        #expect(try FileKeys(file).load().bytes == first.bytes)
        #expect(try FileKeys(file).existing().bytes == first.bytes)
        #expect(try FileKeys(folder.file("other.keys")).load().bytes != first.bytes)
        #expect(try mode(of: file) == 0o600)
        #expect(try mode(of: file.deletingLastPathComponent()) == 0o700)
        let names = try FileManager.default.contentsOfDirectory(atPath: file.deletingLastPathComponent().path)
        #expect(names == ["log.keys"])
    }

    @Test("keys that are gone though the log is there are lost, and none are made")
    func lost() async throws {
        #expect(await errorOf { _ = try FileKeys(file).existing() }?.kind == "keyLost")
        #expect(!file.isThere)
    }

    @Test("a file that was cut off, grown or of another format is lost, and stays")
    func damaged() async throws {
        let whole = try FileKeys(file).load().bytes
        for damaged in [whole.dropLast(), whole + [1], Data(), Data([2]) + whole.dropFirst()] {
            try Data(damaged).write(to: file)
            #expect(await errorOf { _ = try FileKeys(file).load() }?.kind == "keyLost")
            #expect(await errorOf { _ = try FileKeys(file).existing() }?.kind == "keyLost")
            #expect(try Data(contentsOf: file) == damaged)
        }
    }

    @Test("a folder in the way is no reason to make others")
    func inTheWay() async throws {
        try FileManager.default.createDirectory(at: file, withIntermediateDirectories: true)
        #expect(await errorOf { _ = try FileKeys(file).load() }?.kind == "keyUnavailable")
        #expect(await errorOf { _ = try FileKeys(file).existing() }?.kind == "keyUnavailable")
        try FileManager.default.removeItem(at: file)
        _ = try FileKeys(file).load()
    }

    @Test("where nothing can be written, nothing is made")
    func noFolder() async throws {
        try Data().write(to: folder.file("plain"))
        let keys = FileKeys(folder.file("plain/log.keys"))
        #expect(await errorOf { _ = try keys.load() }?.kind == "keyUnavailable")
        try keys.erase()
    }

    @Test("many makers at once make one pair of keys")
    func makers() async throws {
        let file = file
        let all = try await withThrowingTaskGroup(of: Data.self) { group in
            for _ in 0..<32 { group.addTask { try FileKeys(file).load().bytes } }
            return try await group.reduce(into: Set<Data>()) { $0.insert($1) }
        }
        #expect(all.count == 1)
        let names = try FileManager.default.contentsOfDirectory(atPath: file.deletingLastPathComponent().path)
        #expect(names == ["log.keys"])
    }

    @Test("erasing removes the file, and again does nothing")
    func erase() throws {
        let first = try FileKeys(file).load().bytes
        try FileKeys(file).erase()
        try FileKeys(file).erase()
        #expect(!file.isThere)
        #expect(try FileKeys(file).load().bytes != first)
    }

    @Test("an address that is no file's is refused")
    func noFile() async throws {
        let keys = FileKeys(try #require(URL(string: "https://example.org/log.keys")))
        for work in [{ _ = try keys.load() }, { _ = try keys.existing() }, { try keys.erase() }] {
            #expect(await errorOf { try work() }?.kind == "invalidArgument")
        }
    }

    private func mode(of url: URL) throws -> Int? {
        let attributes = try FileManager.default.attributesOfItem(atPath: url.path(percentEncoded: false))
        return (attributes[.posixPermissions] as? NSNumber)?.intValue
    }
}
