/// What happened.
public enum EventKind: Hashable, Sendable {
    /// The person did what the item stands for.
    case launch(Item)
    /// The item left the screen.
    case close(Item)
    /// The person unlocked the phone, or came back to the app. To be recorded before the launches that follow it.
    case unlock
    /// The phone was locked, or the app left.
    case lock
    /// The home screen, or the app's first one, came to the front.
    case home
    /// An item posted a notification. Which item and when is all that is known of it.
    case notification(Item)
    /// The item's notifications were cleared without opening it.
    case notificationCleared(Item)
    /// A prediction was shown, which ``Foretap/shown(_:at:)`` records. The surface has 1 to 64 bytes, the position in the
    /// row is 0 to 255, and the propensity says how likely it was to be shown there: above 0, at most 1; `nil` where
    /// nobody knows.
    case impression(item: Item, surface: String, position: Int, propensity: Double? = nil)
    /// The person put a prediction away.
    case dismiss(item: Item, surface: String)
    /// The item became available.
    case install(Item)
    /// The item is gone; it is not offered until it is installed or launched again.
    case uninstall(Item)
}
