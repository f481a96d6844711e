/// Where sound goes.
public enum Audio: Hashable, CaseIterable, Sendable {
    /// The phone's own loudspeaker: nothing is connected.
    case phone
    /// Headphones or a hearing aid, by wire or without.
    case headphones
    /// A car.
    case car
    /// A loudspeaker, a television.
    case speaker
}
