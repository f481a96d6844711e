import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Hears what the session says of the one exchange that is on its way.
///
/// Unchecked: all of it is touched on one serial queue, which is also the session's delegate queue.
final class Wire: NSObject, URLSessionDataDelegate, @unchecked Sendable {
    var exchange: Exchange?
    private let pins: Set<Data>

    init(pins: Set<Data>) {
        self.pins = pins
    }

    func urlSession(
        _ session: URLSession,
        task: URLSessionTask,
        willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest,
        completionHandler: @escaping @Sendable (URLRequest?) -> Void
    ) {
        // Nothing is asked for elsewhere: the answer itself is what `head` is told next.
        completionHandler(nil)
    }

    func urlSession(
        _ session: URLSession,
        dataTask: URLSessionDataTask,
        didReceive response: URLResponse,
        completionHandler: @escaping @Sendable (URLSession.ResponseDisposition) -> Void
    ) {
        exchange?.head(response)
        completionHandler(.allow)
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        exchange?.bytes(data)
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        exchange?.completed(error)
        exchange = nil
    }

    #if canImport(Security)
        func urlSession(
            _ session: URLSession,
            didReceive challenge: URLAuthenticationChallenge,
            completionHandler: @escaping @Sendable (URLSession.AuthChallengeDisposition, URLCredential?) -> Void
        ) {
            let space = challenge.protectionSpace
            guard space.authenticationMethod == NSURLAuthenticationMethodServerTrust, let trust = space.serverTrust
            else {
                return completionHandler(.performDefaultHandling, nil)
            }
            if let failure = Pins(pins).failure(of: trust) {
                exchange?.end(.failed(failure))
                return completionHandler(.cancelAuthenticationChallenge, nil)
            }
            completionHandler(.useCredential, URLCredential(trust: trust))
        }
    #endif
}
