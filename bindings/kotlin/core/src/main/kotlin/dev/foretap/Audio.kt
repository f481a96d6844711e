package dev.foretap


/** Where sound goes. */
public enum class Audio {
    /** The phone's own loudspeaker: nothing is connected. */
    PHONE,

    /** Headphones or a hearing aid, by wire or without. */
    HEADPHONES,

    /** A car. */
    CAR,

    /** A loudspeaker, a television. */
    SPEAKER,
}
