/// Where a row is shown.
public enum Surface: String, CaseIterable, Sendable {
    /// The app's home screen.
    case home
    /// The widget.
    case widget
}
