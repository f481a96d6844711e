import Foretap

/// The one log of the app's process: opens it when somebody asks for it. Openings and erasures take turns.
public actor TicketsLog {
    /// Where the log lies and what it hears of.
    public struct Setup: Sendable {
        let place: LogPlace
        let keys: any KeyProvider
        let options: ForetapOptions
        let unlocks: any UnlockSource
        let surroundings: @Sendable (Pseudonyms) -> any Surroundings
        let widgetChanged: @Sendable () -> Void

        /// A log, which is not opened yet.
        ///
        /// - Parameters:
        ///   - place: where it lies.
        ///   - keys: who keeps its keys.
        ///   - options: how it is kept.
        ///   - unlocks: where unlocks are heard of.
        ///   - surroundings: who reads the surroundings.
        ///   - widgetChanged: reloads the widget; also when a decision, an import or an erasure changes what it shows.
        public init(
            place: LogPlace,
            keys: some KeyProvider,
            options: ForetapOptions = ForetapOptions(),
            unlocks: some UnlockSource,
            surroundings: @escaping @Sendable (Pseudonyms) -> any Surroundings,
            widgetChanged: @escaping @Sendable () -> Void
        ) {
            self.place = place
            self.keys = keys
            var options = options
            options.widgetChanged = widgetChanged
            self.options = options
            self.unlocks = unlocks
            self.surroundings = surroundings
            self.widgetChanged = widgetChanged
        }
    }

    /// What is opened together: the engine, and who answers unlocks with it.
    struct Session: Sendable {
        let foretap: Foretap
        let surroundings: any Surroundings
        let unlocks: UnlockPredictor
    }

    private let setup: Setup
    private var opened: Session?
    private var last: Task<Void, Never>?

    /// A log, which is not opened yet.
    public init(_ setup: Setup) {
        self.setup = setup
    }

    /// Now, by the engine's clock.
    nonisolated var now: Timestamp { setup.options.clock.now() }

    /// The open session; opens one if there is none. A failure is the caller's to show: the next call tries again.
    func session() async throws -> Session {
        try await inTurn { [self] in try await current() }
    }

    /// The session of a log that is there; `nil` rather than a new one.
    func sessionOfKeptLog() async throws -> Session? {
        try await inTurn { [self] in
            guard try Foretap.hasLog(at: setup.place) else { return nil }
            return try await current()
        }
    }

    /// The open session; `nil` if there is none.
    func openSession() async -> Session? {
        await last?.value
        return opened
    }

    /// Lets go of the log, so that the next ``session()`` opens it again.
    func close() async throws {
        try await inTurn { [self] in try await letGo() }
    }

    /// Erases everything, also what cannot be opened any more. The next ``session()`` begins anew.
    func erase() async throws {
        try await inTurn { [self] in try await eraseNow() }
    }

    /// Shares a ranking with the widget. One that cannot be told of it shows what it had.
    func share(_ ranking: Ranking, _ session: Session) async {
        let isChanged = try? await session.foretap.share(
            ranking,
            surface: Surface.widget.rawValue,
            locale: Words.locale,
            nameOf: Action.name
        )
        if isChanged == true { setup.widgetChanged() }
    }

    /// The question of every row: of all actions, in the order of the list while nothing is known.
    nonisolated func request(_ moment: Moment, context: PhoneContext = .unknown) -> Request {
        Self.request(moment, context: context)
    }

    private static func request(_ moment: Moment, context: PhoneContext = .unknown) -> Request {
        Request(
            moment: moment,
            context: context,
            surface: Surface.home.rawValue,
            limit: Row.places,
            candidates: Action.allCases.map(\.item)
        )
    }

    private func current() async throws -> Session {
        if let opened { return opened }
        let foretap = try await Foretap.open(at: setup.place, keys: setup.keys, options: setup.options)
        let surroundings = setup.surroundings(foretap.pseudonyms)
        let unlocks = UnlockPredictor(
            foretap,
            unlocks: setup.unlocks,
            surroundings: surroundings,
            clock: setup.options.clock,
            widget: WidgetSharing(
                surface: Surface.widget.rawValue,
                locale: Words.locale,
                nameOf: Action.name,
                changed: setup.widgetChanged
            ),
            request: { Self.request(.unlock) }
        )
        let session = Session(foretap: foretap, surroundings: surroundings, unlocks: unlocks)
        opened = session
        return session
    }

    private func letGo() async throws {
        defer { opened = nil }
        try await opened?.foretap.close()
    }

    private func eraseNow() async throws {
        guard let session = opened else {
            // No log is open that would tell; and what the widget showed is gone even where something is left.
            defer { setup.widgetChanged() }
            return try await Foretap.eraseAt(setup.place, keys: setup.keys)
        }
        // Closed, even where something is left that the next erasure finishes.
        opened = nil
        try await session.foretap.erase()
    }

    /// What has begun is ended, whoever gives up waiting for it.
    private func inTurn<T: Sendable>(_ work: @escaping @Sendable () async throws -> T) async throws -> T {
        let before = last
        let task = Task {
            await before?.value
            return try await work()
        }
        last = Task { _ = await task.result }
        return try await task.value
    }
}
