import Foretap

/// When to synchronise. Nothing is scheduled before ``BackgroundSync/schedule()`` is called; iOS decides the moment, and
/// may leave a turn out.
public struct SyncSchedule: Sendable, Hashable {
    /// How often, at most: an hour to a week. What a model update is signed by expires after a week.
    public let period: Duration

    /// Over which network.
    public let network: SyncNetwork

    /// In which state of the battery a long run may begin.
    public let power: SyncPower

    /// When to try again after a failed attempt.
    public let backoff: SyncBackoff

    /// A schedule.
    ///
    /// - Throws: `ForetapError.invalidArgument` for a period outside its limits.
    public init(
        period: Duration,
        network: SyncNetwork = .unmetered,
        power: SyncPower = .any,
        backoff: SyncBackoff = .standard
    ) throws {
        guard (Self.shortestPeriod...Self.longestPeriod).contains(period) else {
            throw ForetapError.invalidArgument("period must be an hour to a week")
        }
        self.init(checked: period, network: network, power: power, backoff: backoff)
    }

    private init(checked period: Duration, network: SyncNetwork, power: SyncPower, backoff: SyncBackoff) {
        self.period = period
        self.network = network
        self.power = power
        self.backoff = backoff
    }
}

extension SyncSchedule {
    /// Once a day, over a network that nobody pays for by the byte.
    public static let daily = SyncSchedule(
        checked: .seconds(86_400),
        network: .unmetered,
        power: .any,
        backoff: .standard
    )

    /// Shortest ``period``: an hour.
    public static let shortestPeriod: Duration = .seconds(3_600)

    /// Longest ``period``: a week.
    public static let longestPeriod: Duration = .seconds(7 * 86_400)

    /// Under which identifier iOS knows the short runs (`BGAppRefreshTask`, about 30 seconds).
    public static let refreshIdentifier = "dev.foretap.sync.refresh"

    /// Under which identifier iOS knows the long runs (`BGProcessingTask`, some minutes).
    public static let processingIdentifier = "dev.foretap.sync.processing"
}
