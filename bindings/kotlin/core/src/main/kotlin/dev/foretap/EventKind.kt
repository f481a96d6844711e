package dev.foretap


/** What happened. */
public sealed interface EventKind {
    /** The person opened an item. */
    public data class Launch(val item: Item) : EventKind

    /** The item left the screen. */
    public data class Close(val item: Item) : EventKind

    /** The person unlocked the phone. To be recorded before the launches that follow it. */
    public data object Unlock : EventKind

    /** The phone was locked. */
    public data object Lock : EventKind

    /** The home screen came to the front. */
    public data object Home : EventKind

    /** An item posted a notification. Which item and when is all that is known of it. */
    public data class Notification(val item: Item) : EventKind

    /** The item's notifications were cleared without opening it. */
    public data class NotificationCleared(val item: Item) : EventKind

    /**
     * A prediction was shown. [Foretap.shown] records these.
     *
     * @property position the place in the row, 0 to 255.
     * @property propensity how likely it was to be shown there, above 0, at most 1; `null` where nobody knows.
     */
    public data class Impression(
        val item: Item,
        val surface: String,
        val position: Int,
        val propensity: Double? = null,
    ) : EventKind

    /** The person put a prediction away. */
    public data class Dismiss(val item: Item, val surface: String) : EventKind

    /** The item became available. */
    public data class Install(val item: Item) : EventKind

    /** The item is gone; it is not offered until it is installed or launched again. */
    public data class Uninstall(val item: Item) : EventKind
}
