package dev.foretap


/** What opening found. */
public sealed interface OpenedLog {
    /** There was no log; a new one was made. */
    public data object Created : OpenedLog

    /** The log was there. */
    public data object Existing : OpenedLog

    /** The log was damaged: it was set aside for a week, and a new one began, with what its snapshot knew if [restored]. */
    public data class SetAside(val restored: Boolean) : OpenedLog

    /** The log was gone, though a snapshot of it is there; a new one began, with what the snapshot knew if [restored]. */
    public data class Vanished(val restored: Boolean) : OpenedLog
}
