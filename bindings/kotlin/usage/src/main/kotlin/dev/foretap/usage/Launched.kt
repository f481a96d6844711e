package dev.foretap.usage

/** What became of opening an item. */
public enum class Launched {
    /** It is opening, and was recorded. */
    STARTED,

    /** It is not installed any more, or cannot be opened. That was recorded, so that it is not offered again. */
    GONE,

    /** Its profile is locked, paused, private or removed; or the phone forbids it. Nothing was recorded. */
    CLOSED,
}
