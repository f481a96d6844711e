package dev.foretap

/** What a rehearsal on the phone's own log led to. */
public enum class ModelSyncConclusion {
    /** The fetched model answers now, on trial. */
    ACTIVATED,

    /** The model on trial goes on answering. */
    GOES_ON,

    /** The model on trial has proved itself. */
    PROVEN,

    /** The model was given back, and the one before answers. */
    GIVEN_BACK,
}
