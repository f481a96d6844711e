import Foretap

/// What can be decided about an action.
public enum Choice: Hashable, Identifiable, Sendable {
    /// Never suggest it.
    case exclude
    /// Not for a day.
    case snooze
    /// Store nothing about it.
    case neverLearn
    /// Keep it at this place.
    case pin(Int)
    /// Take a decision back.
    case undo(Decision)

    /// The choice itself.
    public var id: Choice { self }

    /// What its button says.
    public var title: String {
        switch self {
        case .exclude: "Do not suggest"
        case .snooze: "Not for a day"
        case .neverLearn: "Never learn about it"
        case .pin(let position): "Pin to place \(position + 1)"
        case .undo(let decision): "Undo: \(decision.control.sentence)"
        }
    }

    /// The name of its SF Symbol.
    public var symbol: String {
        switch self {
        case .exclude: "hand.raised"
        case .snooze: "moon.zzz"
        case .neverLearn: "eye.slash"
        case .pin: "pin"
        case .undo: "arrow.uturn.backward"
        }
    }

    /// What is open to decide about an item, with these decisions in force.
    static func all(_ item: Item, position: Int, inForce: [Decision]) -> [Choice] {
        let about = inForce.filter { $0.control.item == item }
        let new: [Choice] = [.exclude, .snooze, .neverLearn, .pin(position)]
        return about.map { .undo($0) } + new.filter { choice in !about.contains { choice.isMade(by: $0.control) } }
    }

    /// The decision, and what is said once it is made; `nil` for taking one back.
    func control(_ action: Action, now: Timestamp) -> (control: Control, said: String)? {
        let (item, title) = (action.item, action.title)
        switch self {
        case .exclude: return (.exclude(item), "\(title) is not suggested any more")
        case .snooze: return (.snooze(item, until: .at(now.plus(ms: Self.dayMs))), "\(title) comes back in a day")
        case .neverLearn: return (.neverLearn(item), "Nothing is learned about \(title) any more")
        case .pin(let position): return (.pin(item, position: position), "\(title) stays in place \(position + 1)")
        case .undo: return nil
        }
    }

    private func isMade(by control: Control) -> Bool {
        switch (self, control) {
        case (.exclude, .exclude), (.snooze, .snooze), (.neverLearn, .neverLearn), (.pin, .pin): true
        default: false
        }
    }

    private static let dayMs: Int64 = 86_400_000
}
