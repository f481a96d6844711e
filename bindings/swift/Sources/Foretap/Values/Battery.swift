/// The battery in the four categories that are kept; the exact percentage never is.
public enum Battery: Hashable, CaseIterable, Sendable {
    /// On a charger, whatever the level.
    case charging
    /// Above 50 %.
    case high
    /// 20 to 50 %.
    case medium
    /// Below 20 %.
    case low

    /// The category of a percentage, 0 to 100, and of whether a charger is connected.
    public init(percent: Int, isCharging: Bool) {
        self =
            if isCharging { .charging } else if percent > 50 { .high } else if percent >= 20 { .medium } else { .low }
    }
}
