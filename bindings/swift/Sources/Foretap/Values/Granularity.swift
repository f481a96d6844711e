/// How much of a position is kept: the size of the cells in which positions become equal.
public enum Granularity: Hashable, CaseIterable, Sendable {
    /// About 11 km by 11 km: the one to store.
    case city
    /// About 1.1 km by 1.1 km.
    case district
    /// About 110 m by 110 m.
    case block
}
