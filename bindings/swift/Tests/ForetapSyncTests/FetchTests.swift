import Foretap
import Foundation
import Testing

@testable import ForetapSync

@Suite(.timeLimit(.minutes(2)))
final class FetchTests {
    private let server: LocalServer
    private let session = ScriptedSession()
    private static let hasty = TransportTimeouts(idle: 1)

    init() throws {
        server = try LocalServer()
    }

    deinit {
        server.close()
    }

    @Test("a body comes whole and in order, in chunks of 16 KiB at most")
    func whole() async throws {
        let body = Data((0..<100_000).map { UInt8($0 * 31 % 251) })
        server.answer(Answer(body: body))
        #expect(try await fails(fetch(maxBytes: 100_000)) == nil)
        #expect(session.bytes == body)
        #expect(session.chunks.allSatisfy { (1...SyncStep.maxChunkBytes).contains($0) })
    }

    @Test("an empty body is a body")
    func empty() async throws {
        server.answer(Answer())
        #expect(try await fails(fetch()) == nil)
        #expect(session.bytes.isEmpty)
    }

    @Test("a request says nothing of the phone")
    func silence() async throws {
        server.answer(Answer(200, [("Set-Cookie", "phone=1; Max-Age=1000")], text: "a"))
        server.answer(Answer(text: "b"))
        let transport = try server.transport()
        for _ in 0..<2 { _ = try await transport.fetch(fetch("root/3"), take: session.received) }
        transport.close()
        for _ in 0..<2 {
            let request = try await server.request()
            #expect(request.method == "GET")
            #expect(request.target == "/models/v1/root/3")
            #expect(request.headers["user-agent"] == "Foretap")
            #expect(request.headers["accept-language"] == "*")
            #expect(request.headers["accept-encoding"] == "identity")
            let others: Set = ["host", "connection", "accept", "user-agent", "accept-language", "accept-encoding"]
            #expect(Set(request.headers.keys).isSubset(of: others.union(["cache-control", "pragma"])))
        }
    }

    @Test("what is longer than allowed is refused before it is read")
    func tooLarge() async throws {
        server.answer(Answer(text: String(repeating: "x", count: 1_001)))
        #expect(try await fails(fetch(maxBytes: 1_000)) == .tooLarge)
        #expect(session.chunks.isEmpty)
    }

    @Test("a server that hides the length is cut off at the cap")
    func hidden() async throws {
        server.answer(Answer(text: String(repeating: "x", count: 100_000), .chunked))
        #expect(try await fails(fetch(maxBytes: 1_000)) == .tooLarge)
        #expect(session.bytes.count <= 1_000)
    }

    @Test("what is exactly as long as allowed is not")
    func exact() async throws {
        server.answer(Answer(text: String(repeating: "x", count: 1_000)))
        #expect(try await fails(fetch(maxBytes: 1_000)) == nil)
        server.answer(Answer(text: String(repeating: "x", count: 1_000), .chunked))
        #expect(try await fails(fetch(maxBytes: 1_000)) == nil)
        #expect(session.bytes.count == 2_000)
    }

    @Test("a range is resumed")
    func range() async throws {
        server.answer(Answer(206, [("Content-Range", "bytes 3-5/6")], text: "def"))
        #expect(try await fails(fetch(offset: 3, maxBytes: 3)) == nil)
        #expect(session.bytes == Data("def".utf8))
        #expect(try await server.request().headers["range"] == "bytes=3-")
    }

    @Test("where a server sends the whole, what is here already is left out")
    func ignoredRange() async throws {
        let body = Data((0..<50_000).map { UInt8($0 % 251) })
        server.answer(Answer(body: body))
        #expect(try await fails(fetch(offset: 20_001, maxBytes: 29_999)) == nil)
        #expect(session.bytes == body.dropFirst(20_001))
    }

    @Test("a whole that is longer than here and allowed is refused", arguments: [false, true])
    func wholeTooLarge(isHidden: Bool) async throws {
        server.answer(Answer(text: "abcdefg", isHidden ? .chunked : .whole))
        #expect(try await fails(fetch(offset: 3, maxBytes: 3)) == .tooLarge)
    }

    @Test("a whole that is shorter than what is here is malformed")
    func wholeTooShort() async throws {
        server.answer(Answer(text: "ab"))
        #expect(try await fails(fetch(offset: 3)) == .malformed)
    }

    @Test("another range is malformed", arguments: ["bytes 2-5/6", "bytes 30-35/36", "items 3-5/6", "", nil])
    func otherRange(range: String?) async throws {
        server.answer(Answer(206, range.map { [("Content-Range", $0)] } ?? [], text: "def"))
        #expect(try await fails(fetch(offset: 3)) == .malformed)
        #expect(session.chunks.isEmpty)
    }

    @Test("a range that was not asked for is malformed")
    func unaskedRange() async throws {
        server.answer(Answer(206, [("Content-Range", "bytes 0-2/3")], text: "abc"))
        #expect(try await fails(fetch()) == .malformed)
        #expect(session.chunks.isEmpty)
    }

    @Test("an encoding that was not asked for is malformed")
    func encoding() async throws {
        server.answer(Answer(200, [("Content-Encoding", "gzip")], text: "bomb"))
        #expect(try await fails(fetch()) == .malformed)
        #expect(session.chunks.isEmpty)
    }

    @Test(
        "faults of the server are transient, and answers are not",
        arguments: [(404, false), (403, false), (416, false), (204, false), (500, true), (502, true), (408, true)]
    )
    func status(code: Int, isTransient: Bool) async throws {
        server.answer(Answer(code))
        let failure = try await fails(fetch())
        #expect(failure == .status(code))
        #expect(failure?.isTransient == isTransient)
    }

    @Test("a busy server says for how long")
    func busy() async throws {
        let now = ("Date", "Sat, 21 Nov 2026 10:00:00 GMT")
        let cases: [(Int, [(String, String)], Duration?)] = [
            (429, [("Retry-After", "120")], .seconds(120)),
            (429, [("Retry-After", "9999999")], .seconds(86_400)),
            (429, [("Retry-After", "-5")], .zero),
            (429, [("Retry-After", "soon")], nil),
            (429, [], nil),
            (429, [now, ("Retry-After", "Sat, 21 Nov 2026 10:05:00 GMT")], .seconds(300)),
            (429, [("Retry-After", "Sat, 21 Nov 2026 10:05:00 GMT")], nil),
            (503, [("Retry-After", "7")], .seconds(7)),
        ]
        for (code, headers, wait) in cases {
            server.answer(Answer(code, headers))
            #expect(try await fails(fetch()) == .busy(retryAfter: wait), "\(headers)")
        }
    }

    @Test("no redirect is followed, neither here nor elsewhere", arguments: [301, 302, 303, 307, 308])
    func redirects(code: Int) async throws {
        let elsewhere = try LocalServer()
        defer { elsewhere.close() }
        for to in [server.address, elsewhere.address] {
            server.answer(Answer(code, [("Location", to + "other")]))
            #expect(try await fails(fetch()) == .redirected)
        }
        #expect(server.requests == 2)
        #expect(elsewhere.requests == 0)
    }

    @Test("a redirect that says no place is no body")
    func placeless() async throws {
        server.answer(Answer(302, text: "abc"))
        let failure = try await fails(fetch())
        #expect([.redirected, .malformed].contains(failure))
    }

    @Test("silence ends in a time-out")
    func silent() async throws {
        server.answer(Answer(text: "x", .silent))
        #expect(try await fails(fetch(), Self.hasty) == .timedOut)
    }

    @Test("a body that stops half way ends in a time-out")
    func half() async throws {
        server.answer(Answer(text: String(repeating: "x", count: 1_000), .half))
        #expect(try await fails(fetch(), Self.hasty) == .timedOut)
    }

    @Test("a body that drips ends in a time-out")
    func drip() async throws {
        server.answer(Answer(text: String(repeating: "x", count: 1_000), .dripping(1)))
        #expect(try await fails(fetch(), TransportTimeouts(idle: 10, step: 0.6)) == .timedOut)
        #expect(session.bytes.count < 1_000)
    }

    @Test("a connection that breaks is transient")
    func broken() async throws {
        server.answer(Answer(text: String(repeating: "x", count: 1_000), .halfClosing))
        #expect(try await fails(fetch()) == .unreachable)
        server.answer(Answer(text: "x", .closing))
        #expect(try await fails(fetch()) == .unreachable)
    }

    @Test("a server that is not there is transient")
    func gone() async throws {
        server.close()
        #expect(try await fails(fetch()) == .unreachable)
    }

    @Test("a receiver that has enough ends the transfer")
    func enough() async throws {
        server.answer(Answer(text: String(repeating: "x", count: 100_000)))
        let frugal = ScriptedSession(wanted: 1)
        let transport = try server.transport()
        defer { transport.close() }
        let fetched = try await transport.fetch(fetch(maxBytes: 100_000), take: frugal.received)
        guard case .stopped = fetched else { Issue.record("\(fetched)"); return }
        #expect(frugal.chunks.count == 1)
    }

    @Test("where keys cannot be checked, nothing is asked")
    func unchecked() async throws {
        #if !canImport(Security)
            let pin = "sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
            let pinned = try SyncServer(address: "https://127.0.0.1:\(server.port)/", pins: [pin])
            let transport = URLSessionTransport(pinned)
            defer { transport.close() }
            guard case .failed(let failure) = try await transport.fetch(fetch(), take: session.received) else {
                Issue.record("a server whose key nobody looked at was asked")
                return
            }
            #expect(failure == .tls13Missing)
            #expect(server.requests == 0)
        #endif
    }

    /// Why a step failed, or `nil` after the whole body.
    private func fails(_ step: SyncStep.Fetch, _ timeouts: TransportTimeouts = .init()) async throws
        -> TransportFailure?
    {
        let transport = try server.transport(timeouts)
        defer { transport.close() }
        switch try await transport.fetch(step, take: session.received) {
        case .whole: return nil
        case .failed(let failure): return failure
        case let other:
            Issue.record("\(other)")
            return nil
        }
    }
}
