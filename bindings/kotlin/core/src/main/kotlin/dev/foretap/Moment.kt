package dev.foretap


/** The moment that a ranking is for. */
public enum class Moment {
    /** After an unlock. The item in front when the phone was locked is not offered: the phone shows it by itself. */
    UNLOCK,

    /** The same, with that item offered like any other. */
    UNLOCK_OR_RESUME,

    /** After the item that is open now, or was last. */
    NEXT,
}
