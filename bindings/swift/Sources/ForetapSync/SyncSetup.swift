/// All that a run needs from the host.
public struct SyncSetup: Sendable {
    /// With whom.
    public let server: SyncServer

    /// Opens the session of one run, which nobody else uses; the run closes it. An error ends the run as
    /// ``SyncReason/sessionError``; its words are dropped.
    public let session: @Sendable () async throws -> any SyncSession

    /// Is told how each run ended. Of a cancelled run nothing is told.
    public let ended: @Sendable (SyncOutcome) -> Void

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
}
