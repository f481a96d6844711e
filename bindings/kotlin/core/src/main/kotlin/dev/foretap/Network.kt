package dev.foretap


/** How the phone is connected. */
public enum class Network {
    /** Wi-Fi. */
    WIFI,

    /** Mobile data of the fifth generation. */
    FIVE_G,

    /** Mobile data of the fourth generation. */
    FOUR_G,

    /** Mobile data of the third generation. */
    THREE_G,

    /** Mobile data of a generation that the host does not know. */
    CELLULAR,

    /** Not at all. */
    OFFLINE,
}
