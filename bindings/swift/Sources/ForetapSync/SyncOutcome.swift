/// How a run ended.
public enum SyncOutcome: Sendable, Hashable {
    /// All that was to be done is done. `modelChanged`: whether the phone holds another model than before.
    case synced(modelChanged: Bool)

    /// Not all is done; trying again later can help. `retryAfter`: how long the server asked to be left alone, where it
    /// did.
    case postponed(SyncReason, retryAfter: Duration? = nil)

    /// Not all is done, and trying again soon cannot help.
    case refused(SyncReason)
}

extension SyncOutcome {
    /// The outcome of several runs: what another attempt can help comes first, then what it cannot.
    init(of outcomes: [SyncOutcome]) {
        var (postponed, refused): (SyncReason?, SyncReason?) = (nil, nil)
        var (longest, isChanged): (Duration?, Bool) = (nil, false)
        for outcome in outcomes {
            switch outcome {
            case .synced(let modelChanged):
                isChanged = isChanged || modelChanged
            case .postponed(let reason, let retryAfter):
                postponed = postponed ?? reason
                longest = [longest, retryAfter].compactMap { $0 }.max()
            case .refused(let reason):
                refused = refused ?? reason
            }
        }
        if let postponed {
            self = .postponed(postponed, retryAfter: longest)
        } else {
            self = refused.map(SyncOutcome.refused) ?? .synced(modelChanged: isChanged)
        }
    }
}
