/// The two kinds of background time.
enum BackgroundKind: Sendable, CaseIterable {
    case refresh
    case processing

    var identifier: String {
        self == .refresh ? SyncSchedule.refreshIdentifier : SyncSchedule.processingIdentifier
    }
}

/// What is asked of iOS. A request of a kind takes the place of the one before.
struct BackgroundRequest: Sendable, Hashable {
    let kind: BackgroundKind
    /// Not before so long from now.
    let earliest: Duration
    let needsPower: Bool
}

/// Background time that has begun.
protocol BackgroundWork: Sendable {
    /// Called once, when the time is over.
    func onExpiration(_ handler: @escaping @Sendable () -> Void)

    /// Gives the time back; to be called once.
    func complete(isSuccess: Bool)
}

/// Who gives background time: iOS, or a test.
protocol BackgroundScheduler: Sendable {
    /// Whether the app may answer to this kind.
    func register(_ kind: BackgroundKind, answer: @escaping @Sendable (any BackgroundWork) -> Void) -> Bool
    func pending() async -> Set<BackgroundKind>
    func submit(_ request: BackgroundRequest) throws
    func cancel(_ kind: BackgroundKind)
}
