import Foretap

/// Names that the code, project.yml and the entitlements have in common. A test compares them.
public enum Names {
    /// The container that the app shares with its widget.
    public static let appGroup = "group.dev.foretap.tickets"
    /// The scheme of the app's links.
    public static let urlScheme = "foretap-tickets"
    /// The daily upkeep, as BGTaskScheduler knows it.
    public static let upkeepTask = "dev.foretap.tickets.upkeep"
    /// The widget, as WidgetKit knows it.
    public static let widgetKind = "likely-next"
}

extension LogPlace {
    /// Where the app's log lies, with the widget's ranking beside it.
    public static let ofApp = LogPlace.appGroup(Names.appGroup)
}
