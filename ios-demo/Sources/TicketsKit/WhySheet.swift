import Foretap

/// What is known of one action, and what can be decided about it.
public struct WhySheet: Hashable, Identifiable, Sendable {
    /// The action.
    public let action: Action
    /// How likely it is, and where it stands.
    public let chance: String
    /// Why it is in the row, the strongest reason first; empty for one that is not.
    public let reasons: [String]
    /// What can be decided.
    public let choices: [Choice]

    /// The action's.
    public var id: Action { action }

    init(_ action: Action, tile: Tile?, reasons: [String], inForce: [Decision]) {
        self.action = action
        self.reasons = reasons.map(Words.sentence)
        chance = tile.map { "Probability \($0.percent), in place \($0.position + 1)" } ?? "Not in the row now"
        choices = Choice.all(action.item, position: tile?.position ?? 0, inForce: inForce)
    }
}
