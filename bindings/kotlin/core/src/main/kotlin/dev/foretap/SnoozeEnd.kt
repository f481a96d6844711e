package dev.foretap


/** When a snoozed item comes back. */
public sealed interface SnoozeEnd {
    /** At this time. */
    public data class At(val at: Timestamp) : SnoozeEnd

    /** When it was opened three times within a week, after the snooze. */
    public data object Frequent : SnoozeEnd
}
