/// Over which network to synchronise.
public enum SyncNetwork: Sendable, Hashable, CaseIterable {
    /// One that nobody pays for by the byte, and not in Low Data Mode.
    case unmetered

    /// Any.
    case any
}
