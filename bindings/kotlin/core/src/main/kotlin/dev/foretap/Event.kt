package dev.foretap


/**
 * Something that happened.
 *
 * @property kind what.
 * @property at when; `null` for the moment in which it is recorded.
 * @property context in which surroundings.
 * @property slot for a launch, the slot of a ranking that it was opened from.
 */
public data class Event(
    val kind: EventKind,
    val at: Timestamp? = null,
    val context: PhoneContext = PhoneContext.UNKNOWN,
    val slot: Slot? = null,
) {
    public companion object {
        /** The person opened [item], from [slot] of a ranking if they did. */
        public fun launch(
            item: Item,
            at: Timestamp? = null,
            context: PhoneContext = PhoneContext.UNKNOWN,
            slot: Slot? = null,
        ): Event = Event(EventKind.Launch(item), at, context, slot)

        /** The person unlocked the phone. */
        public fun unlock(at: Timestamp? = null, context: PhoneContext = PhoneContext.UNKNOWN): Event =
            Event(EventKind.Unlock, at, context)

        /** The phone was locked. */
        public fun lock(at: Timestamp? = null): Event = Event(EventKind.Lock, at)
    }
}
