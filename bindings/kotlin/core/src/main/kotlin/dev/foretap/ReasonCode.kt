package dev.foretap


import java.time.DayOfWeek

/** A reason with what it is about. [Foretap.why] puts it into a sentence. */
public sealed interface ReasonCode {
    /** Opened often: so many times so far. */
    public data class OftenUsed(val openings: Int) : ReasonCode

    /** Used so many seconds ago. */
    public data class RecentlyUsed(val seconds: Long) : ReasonCode

    /** Usually follows the item that was used last. */
    public data class Follows(val item: Item) : ReasonCode

    /** Usual around this local hour, 0 to 23, of such a day. */
    public data class AtThisHour(val hour: Int, val weekday: DayOfWeek) : ReasonCode

    /** Often the first thing after an unlock. */
    public data object FirstAfterUnlock : ReasonCode

    /** Usual at this place; what it means, where that is known. */
    public data class AtThisPlace(val label: PlaceLabel?) : ReasonCode

    /** Usual on this kind of network. */
    public data class OnThisNetwork(val network: Network) : ReasonCode

    /** Usual at this battery level. */
    public data class AtThisBattery(val battery: Battery) : ReasonCode

    /** Usual while sound goes where it goes. */
    public data class WithThisAudio(val audio: Audio) : ReasonCode

    /** So many notifications wait, at most 8. */
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
