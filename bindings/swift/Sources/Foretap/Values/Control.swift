/// A decision of the person. Decisions change which items are offered and in which order; a probability stays the chance
/// that the item is opened next.
public enum Control: Hashable, Sendable {
    /// The item is not offered and not named in a reason. It goes on being counted, so that undoing brings it back.
    case exclude(Item)
    /// The item is not offered for a while.
    case snooze(Item, until: SnoozeEnd)
    /// Nothing about the item is stored from now on, and it is not offered.
    case neverLearn(Item)
    /// The item is always offered, at this place of the row, 0 to 63.
    case pin(Item, position: Int)
    /// The item is offered earlier: as if it were four times as likely.
    case promote(Item)
    /// The odds of an item halve for every so many days (1 to 3,650) since it was last used; of every item if `nil`.
    case halfLife(Item?, days: Int)
    /// Nothing is stored and nothing is learned, until this time or until it is undone.
    case pauseLearning(until: Timestamp? = nil)
    /// Items of this profile are not offered, and nothing about them is stored.
    case hideProfile(UInt32)
    /// An ``exclude(_:)`` or ``neverLearn(_:)`` that came with an import and whose item is not known here. It can only
    /// be undone.
    case unnamed(isNeverLearn: Bool)
}
