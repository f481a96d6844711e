/// All that a run needs from the host.
public struct SyncSetup: Sendable {
    /// With whom.
    public let server: SyncServer

    /// Opens the session of one run, which nobody else uses; the run closes it. An error ends the run as
    /// ``SyncReason/sessionError``; its words are dropped.
    public let session: @Sendable () async throws -> any SyncSession

    /// Is told how each run ended. Of a cancelled run nothing is told.
    public let ended: @Sendable (SyncOutcome) -> Void

    /// What comes after it.
    private var next: [SyncSetup] = []

    /// What a run needs.
    public init(
        server: SyncServer,
        session: @escaping @Sendable () async throws -> any SyncSession,
        ended: @escaping @Sendable (SyncOutcome) -> Void = { _ in }
    ) {
        self.server = server
        self.session = session
        self.ended = ended
    }
    /// This, then `other`, whatever became of this: models and uploads in one go. Each has its own server and is told its own
    /// outcome. The whole is tried again where one of them asks for it.
    public func then(_ other: SyncSetup) -> SyncSetup {
        var both = self
        both.next += other.all
        return both
    }

    /// One after the other.
    var all: [SyncSetup] {
        var first = self
        first.next = []
        return [first] + next
    }
}
