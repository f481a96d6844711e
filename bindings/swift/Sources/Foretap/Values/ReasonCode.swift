import Foundation

/// A reason with what it is about. ``Foretap/why(_:locale:nameOf:)`` puts it into a sentence.
public enum ReasonCode: Hashable, Sendable {
    /// Opened often: so many times so far.
    case oftenUsed(openings: Int)
    /// Used so many seconds ago.
    case recentlyUsed(seconds: Int)
    /// Usually follows the item that was used last.
    case follows(Item)
    /// Usual around this local hour, 0 to 23, of such a day.
    case atThisHour(hour: Int, weekday: Locale.Weekday)
    /// Often the first thing after an unlock.
    case firstAfterUnlock
    /// Usual at this place; what it means, where that is known.
    case atThisPlace(PlaceLabel?)
    /// Usual on this kind of network.
    case onThisNetwork(Network)
    /// Usual at this battery level.
    case atThisBattery(Battery)
    /// Usual while sound goes where it goes.
    case withThisAudio(Audio)
    /// So many notifications wait, at most 8.
    case notifications(waiting: Int)
    /// Available, and never opened yet.
    case neverOpened
    /// The person pinned it.
    case pinned
    /// The person promoted it.
    case promoted
    /// Here because the request explores (``Request/exploration``).
    case explored
}
