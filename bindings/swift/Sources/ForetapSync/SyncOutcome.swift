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
