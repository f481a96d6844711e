package dev.foretap.sync

/** What came of fetching a body. */
internal sealed interface Fetched {
    /** All of it was handed on. */
    data object Whole : Fetched

    /** The receiver had enough. */
    data object Stopped : Fetched

    class Failed(val failure: TransportFailure) : Fetched
}

/** What came of sending a body. */
internal sealed interface Posted {
    class Answered(val reply: PostReply) : Posted

    class Failed(val failure: TransportFailure) : Posted
}
