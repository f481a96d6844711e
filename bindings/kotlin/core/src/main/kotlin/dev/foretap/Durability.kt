package dev.foretap


/** How safely an event is stored before it counts as recorded. */
public enum class Durability {
    /** It survives the end of the process at any moment. A power cut can lose the newest events, at most 4 MiB of them. */
    NORMAL,

    /** It survives a power cut as well; every event waits for the disk. */
    FULL,
}
