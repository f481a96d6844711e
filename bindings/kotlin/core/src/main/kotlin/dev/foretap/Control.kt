package dev.foretap


/**
 * A decision of the person. Decisions change which items are offered and in which order; a probability stays the chance
 * that the item is opened next.
 */
public sealed interface Control {
    /** The item is not offered and not named in a reason. It goes on being counted, so that undoing brings it back. */
    public data class Exclude(val item: Item) : Control

    /** The item is not offered for a while. */
    public data class Snooze(val item: Item, val until: SnoozeEnd) : Control

    /** Nothing about the item is stored from now on, and it is not offered. */
    public data class NeverLearn(val item: Item) : Control

    /** The item is always offered, at this place of the row, 0 to 63. */
    public data class Pin(val item: Item, val position: Int) : Control

    /** The item is offered earlier: as if it were four times as likely. */
    public data class Promote(val item: Item) : Control

    /** The odds of an item halve for every so many [days] (1 to 3,650) since it was last used; of every item if `null`. */
    public data class HalfLife(val item: Item?, val days: Int) : Control

    /** Nothing is stored and nothing is learned, until this time or until it is undone. */
    public data class PauseLearning(val until: Timestamp? = null) : Control

    /** Items of this profile are not offered, and nothing about them is stored. */
    public data class HideProfile(val profile: Int) : Control

    /** An [Exclude] or [NeverLearn] that came with an import and whose item is not known here. It can only be undone. */
    public data class Unnamed(val isNeverLearn: Boolean) : Control
}
