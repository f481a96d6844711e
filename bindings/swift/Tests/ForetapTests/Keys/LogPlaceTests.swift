import Foundation
import Testing

@testable import Foretap

@Suite struct LogPlaceTests {
    private let folder: Folder

    init() throws {
        folder = try Folder()
    }

    @Test("each place says where its log lies and whether other processes see it")
    func places() async throws {
        let support = try LogPlace.applicationSupport.files()
        #expect(support.path.hasSuffix("/foretap/log.db"))
        #expect(support.folder?.lastPathComponent == "foretap")
        #expect(!support.isShared)
        let file = try folder.log("a.db").files()
        #expect(file.log == folder.file("a.db") && file.folder == nil && !file.isShared)
        let elsewhere = try LogPlace.file(#require(URL(string: "https://example.org/log.db")))
        #expect(await errorOf { _ = try elsewhere.files() }?.kind == "invalidArgument")
        #if os(Linux)
            let group = LogPlace.appGroup("group.example")
            #expect(await errorOf { _ = try group.files() }?.kind == "invalidArgument")
            let opened = await errorOf { _ = try await Foretap.open(at: group, keys: FixedKeys()) }
            #expect(opened?.kind == "invalidArgument")
        #endif
    }

    @Test("in an app group nothing is locked and iOS knows the file for a database; elsewhere it is the other way")
    func settings() throws {
        let options = ForetapOptions()
        let shared = try options.native(isShared: LogFiles(folder: folder.url, isShared: true).isShared)
        #expect(!shared.isLocked && shared.plaintextHeader)
        let own = try options.native(isShared: LogFiles(folder: folder.url).isShared)
        #expect(own.isLocked && !own.plaintextHeader)
    }

    @Test("the library's own folder is made, protected and kept out of backups, at each opening")
    func marks() throws {
        let marks = FakeMarks()
        let own = LogFiles(folder: folder.file("group/foretap"), isShared: true)
        for times in 1...2 {
            try own.makeFolder(marks: marks)
            #expect(folder.file("group/foretap").isThere)
            let expected = ["protect foretap", "exclude foretap"]
            #expect(marks.told == (0..<times).flatMap { _ in expected })
        }
    }

    @Test("the host's folder is the host's")
    func hosts() throws {
        let marks = FakeMarks()
        try LogFiles(log: folder.file("deep/log.db"), folder: nil, isShared: false).makeFolder(marks: marks)
        #expect(folder.file("deep").isThere)
        #expect(marks.told.isEmpty)
    }

    @Test("a folder that cannot be marked is not used")
    func unmarked() async throws {
        let own = LogFiles(folder: folder.file("foretap"))
        let error = await errorOf { try own.makeFolder(marks: FakeMarks(isFailing: true)) }
        #expect(error?.kind == "transient")
    }

    #if os(Linux)
        @Test("the folder is its owner's alone")
        func mode() throws {
            try LogFiles(folder: folder.file("foretap")).makeFolder()
            let path = folder.file("foretap").path(percentEncoded: false)
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber
            #expect(mode?.intValue == 0o700)
        }
    #endif

    @Test("the log of an app group begins as every database does, and one alone has it")
    func shared() async throws {
        let place = LogPlace.container(folder.url)
        let keys = FileKeys(folder.file("log.keys"))
        let foretap = try await Foretap.open(at: place, keys: keys)
        try await foretap.record(.action("reorder"))
        let log = folder.file("foretap/log.db")
        #expect(await errorOf { _ = try await Foretap.open(at: place, keys: keys) }?.kind == "inUse")
        try await foretap.share(foretap.predict(moment: .unlockOrResume))
        #expect(folder.file("foretap/ranking.json").isThere)
        #expect(try WidgetRanking.read(at: place)?.entries.map(\.item.id) == ["reorder"])
        try await foretap.close()
        #expect(try Data(contentsOf: log).prefix(16) == Data("SQLite format 3\0".utf8))
        let again = try await Foretap.open(at: place, keys: keys)
        #expect(try await again.health().events == 1)
        try await again.erase()
        #expect(!folder.file("foretap").isThere && !folder.file("log.keys").isThere)
    }

    @Test("keys are not made anew where anything of a log is left")
    func left() throws {
        let files = LogFiles(folder: folder.url)
        #expect(!files.isThere)
        for name in ["log.db", "log.db.kcv", "log.db.snapshot", "log.db-wal", "log.db.quarantine"] {
            try Data().write(to: folder.file(name))
            #expect(files.isThere, "\(name)")
            // What an erasure leaves to the next opening has no keys any more.
            try Data().write(to: folder.file("log.db.erasing"))
            #expect(!files.isThere && files.isErasing)
            for gone in [name, "log.db.erasing"] { try FileManager.default.removeItem(at: folder.file(gone)) }
        }
    }

    @Test("the library's folder goes as a whole, of the host's only what is the library's")
    func removed() throws {
        let own = LogFiles(folder: folder.file("foretap"))
        try own.makeFolder()
        try Data().write(to: folder.file("foretap/ranking.json"))
        try own.removeFolder()
        #expect(!folder.file("foretap").isThere)
        try own.removeFolder()
        let beside = LogFiles(log: folder.file("log.db"), folder: nil, isShared: false)
        try Data().write(to: beside.ranking)
        try Data().write(to: folder.file("of the host"))
        try beside.removeFolder()
        #expect(!beside.ranking.isThere && folder.file("of the host").isThere)
    }
}

private final class FakeMarks: FolderMarks {
    private(set) var told: [String] = []
    private let isFailing: Bool

    init(isFailing: Bool = false) {
        self.isFailing = isFailing
    }

    func protect(_ folder: URL) throws { told.append("protect \(folder.lastPathComponent)") }

    func excludeFromBackup(_ folder: URL) throws {
        guard !isFailing else { throw CocoaError(.fileWriteUnknown) }
        told.append("exclude \(folder.lastPathComponent)")
    }
}
