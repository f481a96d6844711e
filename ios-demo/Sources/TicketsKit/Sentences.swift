import Foretap

extension Control {
    /// The decision in words.
    var sentence: String {
        switch self {
        case .exclude(let item): "\(Action.name(of: item)): not suggested"
        case .snooze(let item, .at(let end)): "\(Action.name(of: item)): not suggested until \(Words.time(end))"
        case .snooze(let item, .frequent): "\(Action.name(of: item)): not suggested until it is used often"
        case .neverLearn(let item): "\(Action.name(of: item)): never learned"
        case .pin(let item, let position): "\(Action.name(of: item)): pinned to place \(position + 1)"
        case .promote(let item): "\(Action.name(of: item)): suggested more often"
        case .halfLife(let item?, let days):
            "\(Action.name(of: item)): forgotten by half in \(Words.count(days, "day", "days"))"
        case .halfLife(nil, let days): "Everything: forgotten by half in \(Words.count(days, "day", "days"))"
        case .pauseLearning(nil): "Learning is paused"
        case .pauseLearning(let end?): "Learning is paused until \(Words.time(end))"
        case .hideProfile(let profile): "Account \(profile): hidden"
        case .unnamed(isNeverLearn: false): "An action of the import: not suggested"
        case .unnamed(isNeverLearn: true): "An action of the import: never learned"
        }
    }

    /// The item that it is about.
    var item: Item? {
        switch self {
        case .exclude(let item), .snooze(let item, _), .neverLearn(let item), .pin(let item, _), .promote(let item):
            item
        case .halfLife(let item, _): item
        case .pauseLearning, .hideProfile, .unnamed: nil
        }
    }
}
