/// What opening found.
public enum OpenedLog: Hashable, Sendable {
    /// There was no log; a new one was made.
    case created
    /// The log was there.
    case existing
    /// The log was damaged: it was set aside for a week, and a new one began, with what its snapshot knew if `restored`.
    case setAside(restored: Bool)
    /// The log was gone, though a snapshot of it is there; a new one began, with what the snapshot knew if `restored`.
    case vanished(restored: Bool)
}
