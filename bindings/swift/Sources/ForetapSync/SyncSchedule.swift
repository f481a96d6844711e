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

    /// Whether short runs are asked for. iOS has one request for a short run per app: one that has an app-refresh task of
    /// its own says `false`, and may call ``Sync/run(over:)`` in it.
    public let hasRefresh: Bool

    /// A schedule.
    ///
    /// - Throws: `ForetapError.invalidArgument` for a period outside its limits.
    public init(
        period: Duration,
        network: SyncNetwork = .unmetered,
        power: SyncPower = .any,
        backoff: SyncBackoff = .standard,
        hasRefresh: Bool = true
    ) throws {
        guard (Self.shortestPeriod...Self.longestPeriod).contains(period) else {
            throw ForetapError.invalidArgument("period must be an hour to a week")
        }
        self.init(checked: period, network: network, power: power, backoff: backoff, hasRefresh: hasRefresh)
    }

    private init(
        checked period: Duration,
        network: SyncNetwork,
        power: SyncPower,
        backoff: SyncBackoff,
        hasRefresh: Bool
    ) {
        self.period = period
        self.network = network
        self.power = power
        self.backoff = backoff
        self.hasRefresh = hasRefresh
    }
}

extension SyncSchedule {
    /// Once a day, over a network that nobody pays for by the byte.
    public static let daily = SyncSchedule(
        checked: .seconds(86_400),
        network: .unmetered,
        power: .any,
        backoff: .standard,
        hasRefresh: true
    )

    /// Shortest ``period``: an hour.
    public static let shortestPeriod: Duration = .seconds(3_600)

    /// Longest ``period``: a week.
    public static let longestPeriod: Duration = .seconds(7 * 86_400)

    /// Under which identifier iOS knows the short runs (`BGAppRefreshTask`, about 30 seconds), where there are any.
    public static let refreshIdentifier = "dev.foretap.sync.refresh"

    /// Under which identifier iOS knows the long runs (`BGProcessingTask`, some minutes).
    public static let processingIdentifier = "dev.foretap.sync.processing"
}
