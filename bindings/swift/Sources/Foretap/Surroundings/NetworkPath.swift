/// What of a path to the network says how the phone is connected.
struct NetworkPath: Sendable, Hashable {
    var isSatisfied: Bool
    var usesWifi = false
    var usesCellular = false
    /// The radio access technology, in the system's words.
    var radio: String?

    /// The connection; `nil` where it is of another kind, such as a cable.
    var network: Network? {
        guard isSatisfied else { return .offline }
        if usesWifi { return .wifi }
        return usesCellular ? generation : nil
    }

    /// Older ones than the third count as unknown.
    private var generation: Network {
        switch radio.map({ $0.replacingPrefix("CTRadioAccessTechnology") }) {
        case "NR", "NRNSA": .fiveG
        case "LTE": .fourG
        case "WCDMA", "HSDPA", "HSUPA", "CDMAEVDORev0", "CDMAEVDORevA", "CDMAEVDORevB", "eHRPD": .threeG
        default: .cellular
        }
    }
}

extension String {
    fileprivate func replacingPrefix(_ prefix: String) -> String {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : self
    }
}
