/// How the log, its habits and its predictions are. Numbers only: no item, place or token is in it.
public struct Health: Equatable, Sendable {
    /// Events in the log.
    public let events: Int
    /// The size of the database in bytes, without its write-ahead log.
    public let bytes: Int
    /// The time of the oldest event, in UTC epoch milliseconds.
    public let oldestMs: Int64?
    /// The time of the newest event, in UTC epoch milliseconds.
    public let newestMs: Int64?
    /// Events that retention has deleted, ever.
    public let purged: Int
    /// How often a damaged log was set aside, or one was gone.
    public let resets: Int
    /// What opening found.
    public let opened: OpenedLog
    /// Openings that were learned from.
    public let openings: Int
    /// Items that were ever opened, of those that are remembered.
    public let items: Int
    /// Name and version of the model that ranks; `nil` where none does.
    public let model: String?
    /// Why the model was refused, where it was.
    public let modelRefused: String?
    /// How good predictions are, at each moment.
    public let moments: [Moment: MomentHealth]
    /// How long rankings took that were computed when they were asked for.
    public let computed: Durations
    /// How long it took to find those that were prepared ahead.
    public let prepared: Durations
    /// Everything, for people, in English.
    public let text: String
    /// Everything, for machines.
    public let json: String
}
