import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Carries steps out over HTTPS: TLS 1.3, pinned keys, no redirect, no cookie, no cache.
///
/// A step that cannot be carried out is an answer, not an error: errors of the network name addresses. One step at a
/// time.
final class URLSessionTransport: Sendable {
    /// Where everything happens that a receiver is told.
    let queue = DispatchQueue(label: "dev.foretap.sync", qos: .utility)
    private let server: SyncServer
    private let timeouts: TransportTimeouts
    private let wire: Wire
    private let session: URLSession

    init(_ server: SyncServer, over network: SyncNetwork = .any, timeouts: TransportTimeouts = .init()) {
        self.server = server
        self.timeouts = timeouts
        wire = Wire(pins: server.pins)
        let delegates = OperationQueue()
        delegates.maxConcurrentOperationCount = 1
        delegates.underlyingQueue = queue
        let configuration = Self.configuration(over: network, timeouts: timeouts)
        session = URLSession(configuration: configuration, delegate: wire, delegateQueue: delegates)
    }

    /// Fetches a body and hands it to `take` in chunks, on ``queue``, until it ends or `take` returns `false`.
    func fetch(_ step: SyncStep.Fetch, take: @escaping @Sendable (Data) throws -> Bool) async throws -> Transferred {
        var request = request(step.path)
        if step.offset > 0 { request.setValue("bytes=\(step.offset)-", forHTTPHeaderField: "Range") }
        return try await exchange(request) { Exchange(BodyReader(step, take: take)) }
    }

    /// Sends a body once.
    func post(_ step: SyncStep.Post) async throws -> Transferred {
        var request = request(step.path)
        request.httpMethod = "POST"
        request.httpBody = step.body
        request.setValue("application/octet-stream", forHTTPHeaderField: "Content-Type")
        request.setValue(step.id.hex, forHTTPHeaderField: "Idempotency-Key")
        return try await exchange(request) { Exchange() }
    }

    /// Closes the connections that are kept for the next step.
    func close() {
        session.invalidateAndCancel()
        #if canImport(FoundationNetworking)
            // Foundation on Linux ends the process where a session goes while one of its callbacks still runs.
            queue.asyncAfter(deadline: .now() + .seconds(1)) { [session] in _ = session }
        #endif
    }

    private func request(_ path: SyncPath) -> URLRequest {
        var request = URLRequest(url: server.url(of: path))
        request.timeoutInterval = timeouts.idle
        request.cachePolicy = .reloadIgnoringLocalCacheData
        request.httpShouldHandleCookies = false
        // The same from every phone: the system would name its version and its languages.
        request.setValue("Foretap", forHTTPHeaderField: "User-Agent")
        request.setValue("*", forHTTPHeaderField: "Accept-Language")
        request.setValue("identity", forHTTPHeaderField: "Accept-Encoding")
        return request
    }

    /// Sends `request` and waits for what comes of it. A cancellation closes the connection and is thrown.
    private func exchange(_ request: URLRequest, making make: @escaping @Sendable () -> Exchange) async throws
        -> Transferred
    {
        guard isCheckable else { return .failed(.tls13Missing) }
        let stop = Stop()
        let transferred = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                queue.async { self.begin(request, make(), stop) { continuation.resume(returning: $0) } }
            }
        } onCancel: {
            queue.async { stop.now() }
        }
        try Task.checkCancellation()
        return transferred
    }

    private func begin(
        _ request: URLRequest,
        _ exchange: Exchange,
        _ stop: Stop,
        finish: @escaping (Transferred) -> Void
    ) {
        wire.exchange = exchange
        let deadline = DispatchWorkItem { exchange.end(.failed(.timedOut)) }
        queue.asyncAfter(deadline: .now() + timeouts.step, execute: deadline)
        exchange.begin(session.dataTask(with: request), deadline: deadline, finish: finish)
        stop.meaning { exchange.end(.stopped) }
    }

    /// Whether the server's keys can be looked at here, or are those of a test.
    private var isCheckable: Bool {
        #if canImport(Security)
            true
        #else
            server.pins.isEmpty
        #endif
    }

    private static func configuration(over network: SyncNetwork, timeouts: TransportTimeouts)
        -> URLSessionConfiguration
    {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.httpCookieStorage = nil
        configuration.httpCookieAcceptPolicy = .never
        configuration.httpShouldSetCookies = false
        configuration.urlCache = nil
        configuration.urlCredentialStorage = nil
        configuration.requestCachePolicy = .reloadIgnoringLocalCacheData
        configuration.timeoutIntervalForRequest = timeouts.idle
        configuration.timeoutIntervalForResource = timeouts.step
        configuration.httpMaximumConnectionsPerHost = 1
        #if canImport(Security)
            configuration.tlsMinimumSupportedProtocolVersion = .TLSv13
            configuration.waitsForConnectivity = false
            configuration.allowsExpensiveNetworkAccess = network == .any
            configuration.allowsConstrainedNetworkAccess = network == .any
        #endif
        return configuration
    }
}

/// A cancellation that can come before there is something to stop. Unchecked: touched on the transport's queue alone.
private final class Stop: @unchecked Sendable {
    private var work: (() -> Void)?
    private var isNow = false

    func meaning(_ work: @escaping () -> Void) {
        if isNow { work() } else { self.work = work }
    }

    func now() {
        isNow = true
        work?()
        work = nil
    }
}
