package dev.foretap

import java.time.DayOfWeek

/** A reason with what it is about. [Foretap.why] puts it into a sentence. */
public sealed interface ReasonCode {
    /**
     * Opened often: so many times so far.
     *
     * @property openings how often so far.
     */
    public data class OftenUsed(val openings: Int) : ReasonCode

    /**
     * Used so many seconds ago.
     *
     * @property seconds how long ago, in seconds.
     */
    public data class RecentlyUsed(val seconds: Long) : ReasonCode

    /**
     * Usually follows the item that was used last.
     *
     * @property item the item.
     */
    public data class Follows(val item: Item) : ReasonCode

    /**
     * Usual around this local hour, 0 to 23, of such a day.
     *
     * @property hour the local hour, 0 to 23.
     * @property weekday the day.
     */
    public data class AtThisHour(val hour: Int, val weekday: DayOfWeek) : ReasonCode

    /** Often the first thing after an unlock. */
    public data object FirstAfterUnlock : ReasonCode

    /**
     * Usual at this place; what it means, where that is known.
     *
     * @property label what the place means, where that is known.
     */
    public data class AtThisPlace(val label: PlaceLabel?) : ReasonCode

    /**
     * Usual on this kind of network.
     *
     * @property network the network.
     */
    public data class OnThisNetwork(val network: Network) : ReasonCode

    /**
     * Usual at this battery level.
     *
     * @property battery the battery's category.
     */
    public data class AtThisBattery(val battery: Battery) : ReasonCode

    /**
     * Usual while sound goes where it goes.
     *
     * @property audio where sound goes.
     */
    public data class WithThisAudio(val audio: Audio) : ReasonCode

    /**
     * So many notifications wait, at most 8.
     *
     * @property waiting how many wait, at most 8.
     */
    public data class Notifications(val waiting: Int) : ReasonCode

    /** Available, and never opened yet. */
    public data object NeverOpened : ReasonCode

    /** The person pinned it. */
    public data object Pinned : ReasonCode

    /** The person promoted it. */
    public data object Promoted : ReasonCode

    /** Here because the request [explores][Request.exploration]. */
    public data object Explored : ReasonCode
}
