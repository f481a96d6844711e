package dev.foretap

/** How a [ModelSync] ended. */
public enum class ModelSyncEnding {
    /** The phone has the model that it is to have, or cannot use it yet, or has tried it before. */
    UP_TO_DATE,

    /** Another model was fetched and rehearsed; [ModelSyncReport.conclusion] says what came of it. */
    FETCHED,

    /** The phone went back to the model that the library ships. */
    WITHDRAWN,

    /** A file could not be fetched; a later run can succeed. */
    UNREACHABLE,

    /** A file was not believed. What was believed before still counts. */
    REFUSED,
}
