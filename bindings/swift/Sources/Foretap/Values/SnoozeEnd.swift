/// When a snoozed item comes back.
public enum SnoozeEnd: Hashable, Sendable {
    /// At this time.
    case at(Timestamp)
    /// When it was opened three times within a week, after the snooze.
    case frequent
}
