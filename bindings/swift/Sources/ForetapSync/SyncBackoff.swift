import Foretap

/// When a run that was postponed is tried again.
public struct SyncBackoff: Sendable, Hashable {
    /// How many attempts a period has, 1 to 10.
    public let attempts: Int

    /// The pause after the first failed attempt, a minute to five hours; it doubles after each, up to five hours.
    public let pause: Duration

    /// A rule.
    ///
    /// - Throws: `ForetapError.invalidArgument` for a number outside its limits.
    public init(attempts: Int, pause: Duration) throws {
        guard (1...Self.maxAttempts).contains(attempts) else {
            throw ForetapError.invalidArgument("attempts must be 1 to \(Self.maxAttempts)")
        }
        guard (Self.shortestPause...Self.longestPause).contains(pause) else {
            throw ForetapError.invalidArgument("pause must be a minute to five hours")
        }
        self.init(checked: attempts, pause: pause)
    }

    private init(checked attempts: Int, pause: Duration) {
        self.attempts = attempts
        self.pause = pause
    }

    /// How long to wait before the next attempt, or `nil` where the period has no other.
    ///
    /// Never less than the server asked for, and up to a quarter longer than the rule says, so that phones that failed
    /// together do not come back together.
    ///
    /// - Parameters:
    ///   - retryAfter: how long the server asked to be left alone, where it did.
    ///   - made: how many attempts were made in this period, this one included.
    ///   - share: 0 to 1, random: how much of the quarter is added.
    func wait(retryAfter: Duration?, made: Int, share: Double) -> Duration? {
        guard made < attempts else { return nil }
        let doubled = (1..<max(made, 1)).reduce(pause) { pause, _ in min(pause * 2, Self.longestPause) }
        return max(doubled, retryAfter ?? .zero) * (1 + 0.25 * min(max(share, 0), 1))
    }
}

extension SyncBackoff {
    /// Five attempts, the second after a quarter of an hour.
    public static let standard = SyncBackoff(checked: 5, pause: .seconds(900))

    /// Most ``attempts``.
    public static let maxAttempts = 10

    /// Shortest ``pause``: a minute.
    public static let shortestPause: Duration = .seconds(60)

    /// Longest ``pause``: five hours.
    public static let longestPause: Duration = .seconds(5 * 3_600)
}
