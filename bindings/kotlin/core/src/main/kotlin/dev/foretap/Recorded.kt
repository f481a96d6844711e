package dev.foretap


/** What became of an event. */
public enum class Recorded {
    /** It is stored and counted. */
    STORED,

    /** The log has it already; nothing changed. */
    DUPLICATE,

    /** The person decided that it is not to be learned; nothing changed. */
    NOT_LEARNED,
}
