/// What a place means to the person. It never leaves the device.
public enum PlaceLabel: Hashable, CaseIterable, Sendable {
    /// Where the person lives.
    case home
    /// Where the person works.
    case work
    /// On the way.
    case commute
    /// Anywhere else.
    case other
}
