import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A real HTTP server on loopback that gives the answers that a test tells it to, one after the other, or by request.
///
/// Unchecked: what changes is touched under the lock alone.
final class LocalServer: @unchecked Sendable {
    struct Request: Sendable {
        let method: String
        let target: String
        let headers: [String: String]
        let body: Data
        /// How many came before it on its connection.
        let index: Int
    }

    let port: UInt16
    private let socket: Int32
    private let condition = NSCondition()
    private var answers: [Answer] = []
    private var answering: (@Sendable (Request) -> Answer)?
    private var seen: [Request] = []
    private var taken = 0
    private var open: Set<Int32> = []
    private var isClosed = false

    init() throws {
        #if canImport(Glibc)
            socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            socket = Darwin.socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = socket
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) == 0 && listen(descriptor, 16) == 0
                    && getsockname(descriptor, $0, &size) == 0
            }
        }
        guard isBound else { throw POSIXError(.EADDRNOTAVAIL) }
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [self] in accepting() }
    }

    /// Whoever reads or writes is woken, and nothing is accepted any more.
    func close() {
        condition.withLock {
            guard !isClosed else { return }
            isClosed = true
            open.forEach { shutdown($0, Int32(SHUT_RDWR)) }
            shutdown(socket, Int32(SHUT_RDWR))
            condition.broadcast()
        }
    }

    deinit {
        _ = systemClose(socket)
    }

    var address: String { "http://127.0.0.1:\(port)/models/v1/" }

    /// How many requests came.
    var requests: Int { condition.withLock { seen.count } }

    /// The next answer that was not given yet.
    func answer(_ answer: Answer) {
        condition.withLock {
            answers.append(answer)
            condition.broadcast()
        }
    }

    /// What is answered from now on where no answer waits.
    func answer(_ answering: @escaping @Sendable (Request) -> Answer) {
        condition.withLock {
            self.answering = answering
            condition.broadcast()
        }
    }

    /// The requests that were not looked at yet, in order.
    func looked() -> [Request] {
        condition.withLock {
            defer { taken = seen.count }
            return Array(seen[taken...])
        }
    }

    /// The next request that was not looked at yet; waits for it, on a thread that no task needs.
    func request() async throws -> Request {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try self.awaited() }) }
        }
    }

    private func awaited() throws -> Request {
        try condition.withLock {
            let limit = Date(timeIntervalSinceNow: 30)
            while seen.count <= taken {
                guard condition.wait(until: limit) else { throw POSIXError(.ETIMEDOUT) }
            }
            taken += 1
            return seen[taken - 1]
        }
    }

    private func accepting() {
        while true {
            let connection = accept(socket, nil, nil)
            guard connection >= 0 else { return }
            let isWanted = condition.withLock {
                if !isClosed { open.insert(connection) }
                return !isClosed
            }
            guard isWanted else {
                _ = systemClose(connection)
                return
            }
            Thread.detachNewThread { [self] in
                serve(Connection(connection))
                condition.withLock { _ = open.remove(connection) }
                _ = systemClose(connection)
            }
        }
    }

    private func serve(_ connection: Connection) {
        var index = 0
        while let request = connection.request(index) {
            index += 1
            let answer: Answer? = condition.withLock {
                seen.append(request)
                condition.broadcast()
                while answers.isEmpty, answering == nil, !isClosed { condition.wait() }
                if isClosed { return nil }
                return answers.isEmpty ? answering?(request) : answers.removeFirst()
            }
            guard let answer, connection.send(answer, until: { self.condition.withLock { self.isClosed } }) else {
                return
            }
        }
    }
}

/// What the server answers.
struct Answer: Sendable {
    enum Manner: Sendable {
        /// As it should be.
        case whole
        /// Nothing ever comes.
        case silent
        /// The connection is closed instead.
        case closing
        /// Half of the body, then nothing.
        case half
        /// Half of the body, then the connection is closed.
        case halfClosing
        /// So many bytes every 20 milliseconds.
        case dripping(Int)
        /// Without telling the length.
        case chunked
    }

    var code = 200
    var headers: [(String, String)] = []
    var body = Data()
    var manner = Manner.whole

    init(_ code: Int = 200, _ headers: [(String, String)] = [], body: Data = Data(), _ manner: Manner = .whole) {
        self.code = code
        self.headers = headers
        self.body = body
        self.manner = manner
    }

    init(_ code: Int = 200, _ headers: [(String, String)] = [], text: String, _ manner: Manner = .whole) {
        self.init(code, headers, body: Data(text.utf8), manner)
    }
}

private final class Connection {
    private let descriptor: Int32
    private var buffer = Data()

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    func request(_ index: Int) -> LocalServer.Request? {
        let end = Data("\r\n\r\n".utf8)
        var headEnd = buffer.range(of: end)
        while headEnd == nil {
            guard more() else { return nil }
            headEnd = buffer.range(of: end)
        }
        guard let headEnd else { return nil }
        let lines = String(decoding: buffer[buffer.startIndex..<headEnd.lowerBound], as: UTF8.self)
            .components(separatedBy: "\r\n")
        let words = lines[0].components(separatedBy: " ")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            headers[parts[0].lowercased()] = parts.count > 1 ? parts[1] : ""
        }
        buffer = Data(buffer[headEnd.upperBound...])
        if headers["expect"] != nil { _ = write(Data("HTTP/1.1 100 Continue\r\n\r\n".utf8)) }
        let length = headers["content-length"].flatMap(Int.init) ?? 0
        while buffer.count < length {
            guard more() else { return nil }
        }
        let body = Data(buffer.prefix(length))
        buffer = Data(buffer.dropFirst(length))
        return LocalServer.Request(method: words[0], target: words[1], headers: headers, body: body, index: index)
    }

    /// Whether the connection can take another request.
    func send(_ answer: Answer, until isClosed: () -> Bool) -> Bool {
        var head = "HTTP/1.1 \(answer.code) X\r\n"
        for (name, value) in answer.headers { head += "\(name): \(value)\r\n" }
        if case .chunked = answer.manner {
            head += "Transfer-Encoding: chunked\r\n\r\n"
        } else {
            head += "Content-Length: \(answer.body.count)\r\n\r\n"
        }
        switch answer.manner {
        case .closing:
            return false
        case .silent:
            return wait(isClosed)
        case .whole:
            return write(Data(head.utf8) + answer.body)
        case .half:
            return write(Data(head.utf8) + answer.body.prefix(answer.body.count / 2)) && wait(isClosed)
        case .halfClosing:
            _ = write(Data(head.utf8) + answer.body.prefix(answer.body.count / 2))
            return false
        case .dripping(let count):
            return write(Data(head.utf8))
                && pieces(answer.body, of: count).allSatisfy { piece in
                    usleep(20_000)
                    return !isClosed() && write(piece)
                }
        case .chunked:
            return write(Data(head.utf8))
                && pieces(answer.body, of: 100).allSatisfy { piece in
                    write(Data("\(String(piece.count, radix: 16))\r\n".utf8) + piece + Data("\r\n".utf8))
                } && write(Data("0\r\n\r\n".utf8))
        }
    }

    /// Until the other side or the server has enough.
    private func wait(_ isClosed: () -> Bool) -> Bool {
        while !isClosed(), more() {}
        return false
    }

    private func pieces(_ body: Data, of count: Int) -> [Data] {
        stride(from: 0, to: body.count, by: count).map { Data(body.dropFirst($0).prefix(count)) }
    }

    private func more() -> Bool {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { return false }
        buffer.append(contentsOf: bytes.prefix(count))
        return true
    }

    private func write(_ data: Data) -> Bool {
        var rest = [UInt8](data)
        while !rest.isEmpty {
            let count = systemSend(descriptor, rest)
            guard count > 0 else { return false }
            rest.removeFirst(count)
        }
        return true
    }
}

/// The system's `close`, which a method of that name would hide.
private func systemClose(_ descriptor: Int32) -> Int32 { close(descriptor) }

/// A peer that is gone is an answer, not a signal that ends the process.
private func systemSend(_ descriptor: Int32, _ bytes: [UInt8]) -> Int {
    #if canImport(Glibc)
        return send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    #else
        var isOn: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &isOn, socklen_t(MemoryLayout<Int32>.size))
        return send(descriptor, bytes, bytes.count, 0)
    #endif
}
