import Foundation
import Testing

import Foretap

/// The examples of the README and of the reference, letter for letter.
@Suite struct SnippetTests {
    @Test("the five lines run and print what was done")
    func fiveLines() async throws {
        let folder = try Folder()
        let printed = try await lines(at: folder.log(), keys: FixedKeys())
        #expect(printed.map { $0.first } == ["tickets"])
        #expect(printed.allSatisfy { $0.count == 2 && !$0[1].isEmpty })
    }

    @Test("what is offered next is printed")
    func next() async throws {
        let foretap = try await Foretap.inMemory()
        #expect(try await actions(foretap) == [["[\"reorder\", \"call support\"]"]])
    }

    @Test("what the articles show runs")
    func articles() async throws {
        let clock = HandClock()
        let options = ForetapOptions(clock: clock.wall)
        let (folder, vault) = (try Folder(), Vault())
        let keys = VaultKeys(vault: vault)
        let first = try await Foretap.open(at: folder.log(), keys: keys, options: options)
        try await first.record(habit(50))
        try await first.close()
        let foretap = try await Foretap.open(at: folder.log(), keys: keys, options: options)
        let ranking = try await foretap.predict()
        try await decide(foretap, ranking: ranking)
        #expect(try await foretap.decisions() == [])
        try await record(foretap, clock)
        #expect(try await foretap.health().events == 52)
        try await foretap.erase()
        #expect(try vault.read("foretap") == nil)
    }

    @Test("the examples are the ones that run")
    func same() throws {
        let readme = try swift(in: "bindings/swift/README.md")
        #expect(try readme.prefix(2) == [example("lines"), example("actions")])
        #expect(try swift(in: "README.md") == [example("lines")])
        #expect(try swift(in: "bindings/swift/Sources/Foretap/Foretap.docc/Foretap.md").first == example("lines"))
        let actions = try swift(in: "bindings/swift/Sources/Foretap/Foretap.docc/InAppActions.md")
        #expect(try actions == [example("record"), example("actions"), example("decide")])
        let keys = try swift(in: "bindings/swift/Sources/Foretap/Foretap.docc/KeysAndPrivacy.md")
        #expect(try keys == [example("keys")])
    }

    @Test("every example that hears of the system's unlocks remembers them from the app's start on")
    func remembered() throws {
        let files = [
            "bindings/swift/README.md", "bindings/swift/Sources/Foretap/Foretap.docc/OnAPhone.md",
            "bindings/swift/Sources/Foretap/Unlock/UnlockPredictor.swift",
        ]
        for file in files {
            let text = try String(contentsOf: source(file), encoding: .utf8)
            let made = try #require(text.firstRange(of: "let unlocks = RememberedUnlocks(SystemUnlocks())"))
            let used = try #require(text[made.upperBound...].firstRange(of: "UnlockPredictor("))
            #expect(text[used.upperBound...].contains("unlocks: unlocks"))
            #expect(text.ranges(of: "SystemUnlocks()").count == 1)
        }
    }

    private func example(_ name: String) throws -> [String] {
        let text = try String(contentsOf: URL(filePath: #filePath), encoding: .utf8)
        let lines = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        let start = try #require(lines.firstIndex(of: "// \(name)"))
        return Array(lines[(start + 1)...].prefix { $0 != "// end" })
    }

    private func swift(in file: String) throws -> [[String]] {
        let text = try String(contentsOf: source(file), encoding: .utf8)
        return text.components(separatedBy: "```swift\n").dropFirst().map { snippet in
            let lines = snippet.components(separatedBy: "```")[0].split(separator: "\n")
            return lines.map { $0.trimmingCharacters(in: .whitespaces) }
        }
    }

    private func lines(at place: LogPlace, keys: some KeyProvider) async throws -> [[String]] {
        let output = Output()
        func print(_ words: String...) { output.say(words) }
        // lines
        let foretap = try await Foretap.open(at: place, keys: keys)  // .applicationSupport and .keychain on a phone
        for id in ["tickets", "reorder"] { try await foretap.record(.action(id)) }  // when the person does one of them
        let ranking = try await foretap.predict(limit: 3)
        for prediction in ranking.predictions { try print(prediction.item.id, foretap.why(prediction)[0]) }
        try await foretap.close()
        // end
        return output.said
    }

    private func record(_ foretap: Foretap, _ clock: HandClock) async throws {
        clock.advance(minutes: 1)
        // record
        try await foretap.record(.action("reorder"))
        try await foretap.record(.action("reorder", slot: Slot(surface: "widget", position: 0)))
        // end
    }

    private func decide(_ foretap: Foretap, ranking: Ranking) async throws {
        // decide
        let decision = try await foretap.decide(.snooze(ranking.items[0], until: .frequent))
        try await foretap.undo(decision)
        // end
    }

    private func actions(_ foretap: Foretap) async throws -> [[String]] {
        let output = Output()
        func print(_ words: [String]) { output.say(["\(words)"]) }
        // actions
        let actions = ["open tickets", "reorder", "call support"].map { Item($0) }
        try await foretap.record(.launch(actions[0]))  // whenever the person does one of them
        let next = try await foretap.predict(limit: 3, candidates: actions, surface: "widget", moment: .next)
        print(next.items.map(\.id))  // what to show, to fetch ahead, to offer as shortcuts
        // end
        return output.said
    }
}

// keys
struct VaultKeys: KeyProvider {
    let vault: Vault

    func load() throws -> LogKeys {
        let bytes = try vault.read("foretap") ?? vault.make("foretap", count: 80)
        let (key, salt) = (bytes.prefix(32), bytes.dropFirst(32).prefix(16))
        return try LogKeys(key: key, salt: salt, pseudonymSecret: bytes.suffix(32))
    }

    func erase() throws { try vault.remove("foretap") }
}
// end

/// Where a server keeps secrets.
///
/// Unchecked: what it holds is read and written under the lock alone.
final class Vault: @unchecked Sendable {
    private let lock = NSLock()
    private var kept: [String: Data] = [:]

    func read(_ name: String) throws -> Data? { lock.withLock { kept[name] } }

    func make(_ name: String, count: Int) throws -> Data {
        lock.withLock {
            let bytes = Data((0..<count).map { _ in UInt8.random(in: 0...255) })
            kept[name] = bytes
            return bytes
        }
    }

    func remove(_ name: String) throws { lock.withLock { kept[name] = nil } }
}

/// What an example printed.
private final class Output {
    private(set) var said: [[String]] = []

    func say(_ words: [String]) { said.append(words) }
}
