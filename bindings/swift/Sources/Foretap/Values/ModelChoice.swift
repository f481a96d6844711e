import Foundation

/// Which model corrects the statistics.
public enum ModelChoice: Hashable, Sendable {
    /// The one that is compiled in.
    case shipped
    /// That of a bundle's file of at most 256 KiB. If it cannot be used, the statistics answer alone; see ``Health``.
    case bundle(Data)
    /// None: the statistics alone.
    case off
}
