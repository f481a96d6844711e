/// How a log is kept. The defaults are what a phone wants.
public struct ForetapOptions: Sendable {
    /// Where "now" comes from.
    public var clock: WallClock
    /// How safely an event is stored before it counts as recorded.
    public var durability: Durability
    /// Events older than this many days are deleted by ``Foretap/maintain()``, 1 to 65,535.
    public var retentionDays: Int
    /// The oldest events are deleted when the log grows beyond this many bytes.
    public var retentionBytes: Int64
    /// Which model corrects the statistics.
    public var model: ModelChoice
    /// Called when ``Foretap/decide(_:)``, ``Foretap/import(from:secret:)``, ``Foretap/erase()`` or the opening that finishes
    /// an erasure took something out of the widget's file (``WidgetRanking``), to reload the widget: until then it goes on
    /// showing what it read before. On the library's own thread; not for ``Foretap/share(_:surface:locale:nameOf:)``, which
    /// says so itself.
    public var widgetChanged: @Sendable () -> Void

    /// Options; what is not said is as a phone wants it.
    public init(
        clock: WallClock = .system,
        durability: Durability = .normal,
        retentionDays: Int = 90,
        retentionBytes: Int64 = 67_108_864,
        model: ModelChoice = .shipped,
        widgetChanged: @escaping @Sendable () -> Void = {}
    ) {
        self.clock = clock
        self.durability = durability
        self.retentionDays = retentionDays
        self.retentionBytes = retentionBytes
        self.model = model
        self.widgetChanged = widgetChanged
    }
}
