import Foretap
import Foundation

// The home screen.
extension TicketsModel {
    /// The home screen came to the front: shows a row, and answers unlocks from now on.
    public func appeared() async {
        guard state.privacy?.isErased != true else { return }
        await attempt { model in
            let session = try await model.session()
            guard model.state.row == nil else { return }
            let ranking = try await model.predict(session)
            // The row of an arrival may be there by now; it is one that is waited for.
            if model.state.row == nil { await model.show(ranking, session) }
        }
    }

    /// The app went to the background: the habits are saved, and the widget gets the row for the next arrival.
    public func left() async {
        await attempt { model in
            guard let session = await model.log.openSession() else { return }
            model.moment = .unlock
            await model.log.share(try await model.predict(session), session)
            try await session.foretap.checkpoint()
        }
    }

    /// The row of this number is on the screen.
    public func rowWasDrawn(_ id: Int) async {
        guard let row = state.row, row.id == id, id > drawn, state.opened == nil else { return }
        drawn = id
        drawing?.drawn()
        drawing = nil
        guard !row.tiles.isEmpty else { return }
        await attempt { _ = try await $0.log.openSession()?.foretap.shown(row.ranking) }
    }

    /// The person did an action, from the row or from the list of all.
    public func perform(_ action: Action, from tile: Tile? = nil) async {
        await perform(action, slot: tile?.slot)
    }

    /// A link of the widget, or anybody's.
    public func open(_ url: URL) async {
        guard let link = DeepLink(url) else {
            state.notice = Notice("This link opens nothing here.")
            return
        }
        (state.sheet, state.health, state.privacy) = (nil, nil, nil)
        await perform(link.action, slot: link.slot)
    }

    /// Closes the page of an action; ``cameBack()`` follows.
    public func closeAction() { state.opened = nil }

    /// The person came back from the page of an action: something else is likely next.
    public func cameBack() async {
        await attempt { try await $0.refresh($0.session()) }
    }

    private func perform(_ action: Action, slot: Slot?) async {
        state.opened = action
        await attempt { model in
            let at = model.log.now
            let session = try await model.session()
            let context = await session.surroundings.read()
            try await session.foretap.record(.launch(action.item, at: at, context: context, slot: slot))
            model.moment = .next
        }
    }
}
