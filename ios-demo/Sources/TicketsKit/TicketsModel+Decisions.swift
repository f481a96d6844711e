import Foretap

// Why this? And what the person decides about it.
extension TicketsModel {
    /// Tells about an action.
    public func why(_ action: Action) async {
        await attempt { model in
            let session = try await model.session()
            let tile = model.state.row?.tiles.first { $0.action == action }
            let reasons = try tile.map {
                try session.foretap.why($0.prediction, locale: Words.locale, nameOf: Action.name)
            }
            let decisions = try await session.foretap.decisions()
            model.state.sheet = WhySheet(action, tile: tile, reasons: reasons ?? [], inForce: decisions)
        }
    }

    /// Nobody asks any more.
    public func closeWhy() { state.sheet = nil }

    /// The person decided something about the action of the sheet.
    public func choose(_ choice: Choice) async {
        guard let action = state.sheet?.action else { return }
        state.sheet = nil
        if case .undo(let decision) = choice { return await undo(decision) }
        guard let (control, said) = choice.control(action, now: log.now) else { return }
        await decide(control, said)
    }

    /// Takes a decision back.
    public func undo(_ decision: Decision) async {
        await attempt { model in
            let session = try await model.session()
            let isUndone = try await session.foretap.undo(decision)
            try await model.refreshAll(session)
            model.state.notice = Notice(isUndone ? "Undone" : "That was not in force any more")
        }
    }

    /// The line about what was done was read.
    public func closeNotice() { state.notice = nil }

    func decide(_ control: Control, _ said: String) async {
        await attempt { model in
            let session = try await model.session()
            let decision = try await session.foretap.decide(control)
            try await model.refreshAll(session)
            model.state.notice = Notice(said, undo: decision)
        }
    }
}
