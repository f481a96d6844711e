import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

extension HTTPURLResponse {
    /// The reply to a batch, or `nil` for a status that is none.
    var reply: PostReply? {
        switch statusCode {
        case 202: .accepted
        case 200: .alreadyAccepted
        case 422: .conflict
        default: nil
        }
    }

    /// What a status that nobody asked for means.
    var failure: TransportFailure {
        switch statusCode {
        case 300...399: .redirected
        case 429, 503: .busy(retryAfter: retryAfter)
        default: .status(statusCode)
        }
    }

    /// `Retry-After` in seconds, or as a date by the server's own clock; at most a day.
    private var retryAfter: Duration? {
        guard let said = value(forHTTPHeaderField: "Retry-After")?.trimmingCharacters(in: .whitespaces) else {
            return nil
        }
        guard let seconds = Int(said) ?? secondsFromNow(said) else { return nil }
        return .seconds(min(max(seconds, 0), 86_400))
    }

    private func secondsFromNow(_ date: String) -> Int? {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(secondsFromGMT: 0)
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        guard let then = format.date(from: date),
            let now = value(forHTTPHeaderField: "Date").flatMap(format.date(from:))
        else { return nil }
        return Int(then.timeIntervalSince(now))
    }
}
