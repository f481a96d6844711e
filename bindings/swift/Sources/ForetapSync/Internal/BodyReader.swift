import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Hands the body that a step asked for on, in chunks, or says why it is not that body; one known to be too long is not
/// read.
struct BodyReader {
    private let step: SyncStep.Fetch
    private let take: (Data) throws -> Bool
    /// What is here already of a whole that a server sends instead of the range.
    private var toSkip = 0
    private var left: Int
    private var awaited: Int?
    private var hasHead = false

    init(_ step: SyncStep.Fetch, take: @escaping (Data) throws -> Bool) {
        self.step = step
        self.take = take
        left = step.maxBytes
    }

    /// What the answer's head decides.
    mutating func head(_ response: HTTPURLResponse) -> Transferred? {
        hasHead = true
        switch response.statusCode {
        case 200: toSkip = step.offset
        case 206 where isRange(response): break
        case 206: return .failed(.malformed)
        default: return .failed(response.failure)
        }
        guard response.value(forHTTPHeaderField: "Content-Encoding") ?? "identity" == "identity" else {
            return .failed(.malformed)
        }
        awaited = response.expectedContentLength < 0 ? nil : Int(response.expectedContentLength)
        return (awaited ?? 0) > toSkip + step.maxBytes ? .failed(.tooLarge) : nil
    }

    /// What the next bytes decide.
    mutating func bytes(_ bytes: Data) -> Transferred? {
        // Foundation on Linux tells of no head of a redirect that says no place.
        guard hasHead else { return .failed(.malformed) }
        awaited? -= bytes.count
        let fresh = bytes.dropFirst(toSkip)
        toSkip -= bytes.count - fresh.count
        left -= fresh.count
        guard left >= 0 else { return .failed(.tooLarge) }
        var rest = fresh
        while !rest.isEmpty {
            let chunk = Data(rest.prefix(SyncStep.maxChunkBytes))
            rest = rest.dropFirst(chunk.count)
            do {
                guard try take(chunk) else { return .stopped }
            } catch {
                return .threw(error)
            }
        }
        return nil
    }

    /// What the end decides.
    func end() -> Transferred {
        if let awaited, awaited > 0 { return .failed(.unreachable) }
        return toSkip > 0 || !hasHead ? .failed(.malformed) : .whole
    }

    private func isRange(_ response: HTTPURLResponse) -> Bool {
        let range = response.value(forHTTPHeaderField: "Content-Range") ?? ""
        return step.offset > 0 && range.hasPrefix("bytes \(step.offset)-")
    }
}
