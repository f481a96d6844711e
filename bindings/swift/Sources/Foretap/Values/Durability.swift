/// How safely an event is stored before it counts as recorded.
public enum Durability: Hashable, CaseIterable, Sendable {
    /// It survives the end of the process at any moment. A power cut can lose the newest events, at most 4 MiB of them.
    case normal
    /// It survives a power cut as well; every event waits for the disk.
    case full
}
