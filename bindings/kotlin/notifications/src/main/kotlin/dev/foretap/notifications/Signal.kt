package dev.foretap.notifications

/** What the system tells a listener. */
internal sealed interface Signal {
    /** A notification was posted, or one that is shown was updated. */
    data class Posted(val notice: Notice) : Signal

    /**
     * A notification went.
     *
     * @property atMs when, in UTC epoch milliseconds.
     * @property isOpened whether the person opened it.
     */
    data class Removed(val notice: Notice, val atMs: Long, val isOpened: Boolean) : Signal

    /** The listener was connected while these are shown. */
    data class Connected(val notices: List<Notice>, val atMs: Long) : Signal
}
