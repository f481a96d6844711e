package dev.foretap


/** What gave a ranking. */
public enum class AnsweredBy {
    /** Nothing was opened yet: the host's order. */
    HOST_ORDER,

    /** The statistics of this person: there is no model, or it could not answer. */
    MIXER,

    /** The same, corrected by the model as far as this phone trusts it. */
    MODEL,
}
