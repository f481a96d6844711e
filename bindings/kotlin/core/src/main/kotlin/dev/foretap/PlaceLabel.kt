package dev.foretap


/** What a place means to the person. It never leaves the device. */
public enum class PlaceLabel {
    /** Where the person lives. */
    HOME,

    /** Where the person works. */
    WORK,

    /** On the way. */
    COMMUTE,

    /** Anywhere else. */
    OTHER,
}
