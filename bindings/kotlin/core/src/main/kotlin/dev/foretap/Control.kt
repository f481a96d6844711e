package dev.foretap

/**
 * A decision of the person. Decisions change which items are offered and in which order; a probability stays the chance
 * that the item is opened next.
 */
public sealed interface Control {
    /** The item that it is about; `null` if it is about every item, about no item, or about one that is not known. */
    public val item: Item? get() = null

    /**
     * The item is not offered and not named in a reason. It goes on being counted, so that undoing brings it back.
     *
     * @property item the item.
     */
    public data class Exclude(override val item: Item) : Control

    /**
     * The item is not offered for a while.
     *
     * @property item the item.
     * @property until when it ends.
     */
    public data class Snooze(override val item: Item, val until: SnoozeEnd) : Control

    /**
     * Nothing about the item is stored from now on, and it is not offered.
     *
     * @property item the item.
     */
    public data class NeverLearn(override val item: Item) : Control

    /**
     * The item is always offered, at this place of the row, 0 to 63.
     *
     * @property item the item.
     * @property position the place of the row.
     */
    public data class Pin(override val item: Item, val position: Int) : Control

    /**
     * The item is offered earlier: as if it were four times as likely.
     *
     * @property item the item.
     */
    public data class Promote(override val item: Item) : Control

    /**
     * The odds of an item halve for every so many [days] (1 to 3,650) since it was last used; of every item if `null`.
     *
     * @property item the item.
     * @property days after how many days.
     */
    public data class HalfLife(override val item: Item?, val days: Int) : Control

    /**
     * Nothing is stored and nothing is learned, until this time or until it is undone.
     *
     * @property until when it ends.
     */
    public data class PauseLearning(val until: Timestamp? = null) : Control

    /**
     * Items of this profile are not offered, and nothing about them is stored.
     *
     * @property profile the number of the profile.
     */
    public data class HideProfile(val profile: Int) : Control

    /**
     * An [Exclude] or [NeverLearn] that came with an import and whose item is not known here. It can only be undone.
     *
     * @property isNeverLearn whether it is a [NeverLearn].
     */
    public data class Unnamed(val isNeverLearn: Boolean) : Control
}
