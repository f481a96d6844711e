import Foundation

/// A moment, and what the local clock showed then.
public struct Timestamp: Hashable, Codable, Sendable {
    /// UTC epoch milliseconds, up to the end of the year 9999.
    public var epochMs: Int64
    /// Minutes that the local clock is ahead of UTC, -1080 to 1080.
    public var utcOffsetMinutes: Int

    /// A moment of this many UTC epoch milliseconds, on a clock that is so many minutes ahead of UTC.
    public init(epochMs: Int64, utcOffsetMinutes: Int) {
        self.epochMs = epochMs
        self.utcOffsetMinutes = utcOffsetMinutes
    }

    /// The moment of a date on a clock of `timeZone`.
    public init(_ date: Date, in timeZone: TimeZone = .current) {
        let ms = (date.timeIntervalSince1970 * 1_000).rounded()
        // A date can be beyond every integer, or not a number; the engine refuses what is not in a calendar.
        let clamped = ms.isNaN ? Int64.min : Int64(exactly: ms) ?? (ms < 0 ? .min : .max)
        self.init(epochMs: clamped, utcOffsetMinutes: timeZone.secondsFromGMT(for: date) / 60)
    }

    /// The same moment without the local clock.
    public var date: Date { Date(timeIntervalSince1970: Double(epochMs) / 1_000) }

    /// The same local clock, this many milliseconds later.
    public func plus(ms: Int64) -> Timestamp {
        let (sum, isBeyond) = epochMs.addingReportingOverflow(ms)
        return Timestamp(epochMs: isBeyond ? (ms < 0 ? .min : .max) : sum, utcOffsetMinutes: utcOffsetMinutes)
    }
}
