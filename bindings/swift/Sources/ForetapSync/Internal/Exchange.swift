import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// One request on its way, and what comes of it.
///
/// Unchecked: touched on the transport's queue alone.
final class Exchange: @unchecked Sendable {
    private enum Answer {
        case body(BodyReader)
        case reply
    }

    private var answer: Answer
    private var verdict: Transferred?
    private var finish: ((Transferred) -> Void)?
    private var deadline: DispatchWorkItem?
    private var task: URLSessionTask?

    /// Of a fetch.
    init(_ reader: BodyReader) {
        answer = .body(reader)
    }

    /// Of a post, of whose answer only the head is read.
    init() {
        answer = .reply
    }

    func begin(_ task: URLSessionTask, deadline: DispatchWorkItem, finish: @escaping (Transferred) -> Void) {
        self.task = task
        self.deadline = deadline
        self.finish = finish
        task.resume()
    }

    /// Ends with `verdict`, unless something else came first; what was not read is not wanted.
    func end(_ verdict: Transferred) {
        guard self.verdict == nil else { return }
        self.verdict = verdict
        task?.cancel()
    }

    func head(_ response: URLResponse) {
        guard verdict == nil else { return }
        guard let response = response as? HTTPURLResponse else { return end(.failed(.malformed)) }
        switch answer {
        case .reply:
            end(response.reply.map(Transferred.answered) ?? .failed(response.failure))
        case .body(var reader):
            let verdict = reader.head(response)
            answer = .body(reader)
            if let verdict { end(verdict) }
        }
    }

    func bytes(_ bytes: Data) {
        guard verdict == nil, case .body(var reader) = answer else { return }
        let verdict = reader.bytes(bytes)
        answer = .body(reader)
        if let verdict { end(verdict) }
    }

    /// The task has ended, on its own or because it was told to.
    func completed(_ error: (any Error)?) {
        deadline?.cancel()
        finish?(verdict ?? natural(error))
        finish = nil
        task = nil
    }

    private func natural(_ error: (any Error)?) -> Transferred {
        if let error { return .failed(TransportFailure(error)) }
        guard case .body(let reader) = answer else { return .failed(.malformed) }
        return reader.end()
    }
}
