package dev.foretap.sync

/** What the server did with a batch. */
public enum class PostReply {
    /** Stored now (HTTP 202). */
    ACCEPTED,

    /** Stored before, with the same bytes (HTTP 200). */
    ALREADY_ACCEPTED,

    /** Another batch has this id, or this one cannot be read: it will never be stored (HTTP 422). */
    CONFLICT,
}
