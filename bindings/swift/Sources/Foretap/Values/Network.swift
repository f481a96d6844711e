/// How the phone is connected.
public enum Network: Hashable, CaseIterable, Sendable {
    /// Wi-Fi.
    case wifi
    /// Mobile data of the fifth generation.
    case fiveG
    /// Mobile data of the fourth generation.
    case fourG
    /// Mobile data of the third generation.
    case threeG
    /// Mobile data of a generation that the host does not know.
    case cellular
    /// Not at all.
    case offline
}
