/// Synchronises once: for a person who asks for it, and for ``BackgroundSync``.
///
/// ```swift
/// let outcome = try await Sync(setup).run()
/// ```
public struct Sync: Sendable {
    private let setup: SyncSetup
    private let timeouts: TransportTimeouts

    /// Of what the host sets up.
    public init(_ setup: SyncSetup) {
        self.init(setup, timeouts: .init())
    }

    init(_ setup: SyncSetup, timeouts: TransportTimeouts) {
        self.setup = setup
        self.timeouts = timeouts
    }

    /// Opens the host's session and carries its steps out. A second run of this process waits for the first.
    ///
    /// - Parameter network: over which network.
    /// - Throws: `CancellationError` alone, when the task is cancelled: the session is closed then, and nobody is told.
    public func run(over network: SyncNetwork = .any) async throws -> SyncOutcome {
        try await Self.turns.one {
            var outcomes: [SyncOutcome] = []
            for setup in setup.all {
                let outcome = try await outcome(of: setup, over: network)
                setup.ended(outcome)
                outcomes.append(outcome)
            }
            return SyncOutcome(of: outcomes)
        }
    }

    private func outcome(of setup: SyncSetup, over network: SyncNetwork) async throws -> SyncOutcome {
        do {
            let session = try await setup.session()
            let transport = URLSessionTransport(setup.server, over: network, timeouts: timeouts)
            defer {
                transport.close()
                session.close()
            }
            return try await SyncRun(session: session, transport: transport).outcome()
        } catch {
            // What the host throws can name anything; what ends a cancelled run is not the host's.
            try Task.checkCancellation()
            return .refused(.sessionError)
        }
    }

    /// Sessions work on one phone's one log: one at a time.
    private static let turns = Turns()
}
