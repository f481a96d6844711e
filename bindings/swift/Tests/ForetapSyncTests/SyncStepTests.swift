import Foretap
import Foundation
import Testing

@testable import ForetapSync

@Suite struct SyncStepTests {
    @Test("a path stays below the server's address")
    func paths() throws {
        let texts = ["", "/a", "a/", "a//b", "..", "a/../b", ".", "a?b", "a#b", "a%2fb", "a b", "ä", "a\\b", "a\nb"]
        for text in texts + [String(repeating: "a", count: SyncPath.maxLength + 1)] {
            #expect(throws: ForetapError.invalidArgument("not a path")) { try SyncPath(text) }
        }
        for text in ["timestamp", "root/3", "a.b-c_d/0", "..a", String(repeating: "a", count: SyncPath.maxLength)] {
            #expect(try SyncPath(text).value == text)
        }
    }

    @Test("an id has 128 bits")
    func ids() throws {
        for text in ["", digits("0", 31), digits("0", 33), digits("A", 32), digits("g", 32), digits("ä", 16)] {
            #expect(throws: ForetapError.self) { try BatchId(hex: text) }
        }
        #expect(try BatchId(hex: digits("f", 32)).hex == digits("f", 32))
    }

    @Test("a fetch has bounds on both sides")
    func fetches() throws {
        let max = SyncStep.maxFileBytes
        for (offset, bytes) in [(-1, 1), (max + 1, 1), (0, 0), (0, max + 1)] {
            #expect(throws: ForetapError.self) { try fetch(offset: offset, maxBytes: bytes) }
        }
        for (offset, bytes) in [(0, 1), (max, max)] { _ = try fetch(offset: offset, maxBytes: bytes) }
    }

    @Test("a body has bounds on both sides")
    func bodies() throws {
        for count in [0, SyncStep.maxBodyBytes + 1] {
            #expect(throws: ForetapError.self) { try post(body: Data(count: count)) }
        }
        for count in [1, SyncStep.maxBodyBytes] { _ = try post(body: Data(count: count)) }
    }

    @Test("a reason is a code")
    func reasons() throws {
        let long = String(repeating: "a", count: SyncReason.maxLength)
        for text in ["", "A", "1a", "a-b", "a b", "a/b", "a.b", long + "a"] {
            #expect(throws: ForetapError.self) { try SyncReason(text) }
        }
        for text in ["a", "wrong_server", long] { #expect(try SyncReason(text).code == text) }
        #expect(try SyncReason("network") == .network)
        let known: [SyncReason] = [
            .network, .timeout, .tls, .tls13Missing, .wrongServer, .tooLarge, .redirect, .busy, .status, .malformed,
            .sessionError, .tooManySteps,
        ]
        #expect(Set(known.map(\.code)).count == known.count)
        for reason in known { #expect(try SyncReason(reason.code) == reason) }
    }

    @Test("no text of a step names its path, content or id")
    func silence() throws {
        let id = String(repeating: "cafe", count: 8)
        let fetch = try fetch("canary")
        let post = try post("canary", body: Data("canary".utf8), id: id)
        let server = try SyncServer(
            address: "https://canary.example.org/",
            pins: ["sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="]
        )
        let values: [Any] = [
            fetch, post, SyncStep.fetch(fetch), SyncStep.post(post), fetch.path, post.id, server,
            SyncSetup(server: server, session: { ScriptedSession() }),
        ]
        for value in values {
            var dumped = ""
            dump(value, to: &dumped)
            for text in ["\(value)", String(reflecting: value), dumped] {
                #expect(!text.contains("canary") && !text.contains("cafe"), "\(text)")
            }
        }
    }

    private func digits(_ digit: String, _ count: Int) -> String { String(repeating: digit, count: count) }
}
