/// What became of an event.
public enum Recorded: Hashable, CaseIterable, Sendable {
    /// It is stored and counted.
    case stored
    /// The log has it already; nothing changed.
    case duplicate
    /// The person decided that it is not to be learned; nothing changed.
    case notLearned
}
