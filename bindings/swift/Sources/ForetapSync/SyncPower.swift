/// In which state of the battery iOS may start a long run. Short ones it starts as it sees fit, and none in Low Power
/// Mode.
public enum SyncPower: Sendable, Hashable, CaseIterable {
    /// While the phone is being charged.
    case charging

    /// In any.
    case any
}
