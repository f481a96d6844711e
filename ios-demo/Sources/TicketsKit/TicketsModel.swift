import Foretap
import Foundation

/// What the app shows, and what happens when something is pressed. Views only draw ``state``.
@MainActor
public final class TicketsModel {
    /// What the app shows.
    public struct State: Hashable, Sendable {
        /// The row; `nil` before the first answer, and after an erasure.
        public var row: Row?
        /// Why something did not work.
        public var problem: Problem?
        /// What was done.
        public var notice: Notice?
        /// What is told about an action, where somebody asked.
        public var sheet: WhySheet?
        /// The action whose page is open.
        public var opened: Action?
        /// The page about predictions, where it is open.
        public var health: HealthPage?
        /// The page about data, where it is open.
        public var privacy: PrivacyPage?
    }

    /// What the app shows now.
    public internal(set) var state = State() {
        didSet { if state != oldValue { changed(state) } }
    }
    /// Told each time that something else is to be shown.
    public var changed: @MainActor (State) -> Void = { _ in }

    let log: TicketsLog
    let exports: URL
    var moment = Moment.unlock
    private var rows = 0
    var drawing: UnlockRanking?
    var drawn = 0
    private var again: (@MainActor (TicketsModel) async throws -> Void)?
    private var heard: Foretap?
    private var listening: Task<Void, Never>?

    /// A model of an app that shows nothing yet.
    ///
    /// - Parameters:
    ///   - log: the app's log.
    ///   - exports: the folder in which exports are written before somebody takes them.
    public init(_ log: TicketsLog, exports: URL = FileManager.default.temporaryDirectory) {
        self.log = log
        self.exports = exports
    }

    deinit {
        listening?.cancel()
    }

    /// Does what helps against the problem, then what failed because of it.
    public func solve() async {
        guard let problem = state.problem else { return }
        state.problem = nil
        let work = again
        await attempt { model in
            switch problem.remedy {
            case .retry, .none: break
            case .reopen: try await model.reopen()
            case .startOver: try await model.eraseNow()
            }
            try await work?(model)
        }
    }

    /// The problem was read.
    public func closeProblem() {
        state.problem = nil
        again = nil
    }

    /// Does something, and shows why where that fails. What cannot be tried again without the person is not offered to be.
    func attempt(
        isRepeatable: Bool = true,
        _ work: @escaping @MainActor (TicketsModel) async throws -> Void
    ) async {
        do {
            try await work(self)
            // It works again. What only the person can put right stays to be read.
            if state.problem?.remedy != Problem.Remedy.none { state.problem = nil }
        } catch {
            guard let problem = Problem(error) else { return }
            again = isRepeatable ? work : nil
            state.problem = isRepeatable ? problem : problem.withoutRetry
        }
    }

    /// The open session, whose unlocks are answered.
    func session() async throws -> TicketsLog.Session {
        let session = try await log.session()
        guard heard !== session.foretap else { return session }
        stopListening()
        heard = session.foretap
        let rankings = session.unlocks.rankings
        listening = Task { [weak self] in
            // Ends with the log, which who asks next opens again.
            do { for try await unlock in rankings { self?.show(unlock) } } catch {}
        }
        if let notice = Notice(try await session.foretap.opened()) { state.notice = notice }
        return session
    }

    private func stopListening() {
        listening?.cancel()
        listening = nil
        heard = nil
    }

    private func reopen() async throws {
        stopListening()
        try await log.close()
    }

    func eraseNow() async throws {
        stopListening()
        state.row = nil
        state.sheet = nil
        moment = .unlock
        try await log.erase()
    }

    private func show(_ unlock: UnlockRanking) {
        if unlock.isArrival { moment = .unlock }
        // Control Center is gone, or Face ID: the person was here all along, and the row is of what comes next.
        guard moment == .unlock || state.row == nil else { return }
        show(unlock.ranking)
        drawing = unlock
    }

    private func show(_ ranking: Ranking) {
        rows += 1
        drawing = nil
        state.row = Row(ranking, id: rows)
    }

    func refresh(_ session: TicketsLog.Session) async throws {
        await show(try await predict(session), session)
    }

    /// The row that is likely now.
    func predict(_ session: TicketsLog.Session) async throws -> Ranking {
        let context = await session.surroundings.read()
        return try await session.foretap.predict(log.request(moment, context: context))
    }

    /// Shows a row here and in the widget.
    func show(_ ranking: Ranking, _ session: TicketsLog.Session) async {
        show(ranking)
        await log.share(ranking, session)
    }

    func refreshAll(_ session: TicketsLog.Session) async throws {
        try await refresh(session)
        if state.privacy != nil { try await refreshPrivacy(session) }
    }
}
