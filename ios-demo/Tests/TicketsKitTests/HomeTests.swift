import Foretap
import Foundation
import Testing

@testable import TicketsKit

@MainActor
struct HomeTests {
    @Test func aCommuterFindsWhatTheMorningIsFor() async throws {
        let model = try await Phone().startAtHome()
        #expect(Set(model.actions) == [.departures, .validate, .tickets])
        #expect(model.actions.first == .departures)
        let row = try #require(model.state.row)
        #expect(row.heading == "Likely now")
        #expect(row.source.hasPrefix("From your habits"))
        #expect(row.tiles.allSatisfy { $0.percent.hasSuffix("%") && $0.spoken.contains($0.percent) })
        #expect(model.state.problem == nil)
    }

    @Test func theEveningHasAnotherRow() async throws {
        let phone = try Phone()
        let model = try await phone.startAtHome()
        phone.clock.advance(ms: 10 * hourMs)
        let before = try #require(model.state.row?.id)
        phone.unlocks.unlocked()
        #expect(await eventually { model.state.row?.id ?? 0 > before })
        #expect(Set(model.actions.prefix(2)) == [.delay, .tickets])
    }

    @Test func aFirstStartShowsTheListInItsOrder() async throws {
        let model = try Phone().start()
        #expect(model.state.row == nil)
        await model.appeared()
        #expect(model.actions == Array(Action.allCases.prefix(Row.places)))
        #expect(model.state.row?.source == "Nothing was done yet: in the order of the list")
    }

    @Test func anArrivalIsAnsweredOnceAndTimedToTheDrawnRow() async throws {
        let phone = try Phone()
        let model = try await phone.startAtHome()
        let first = try #require(model.state.row)
        #expect(await eventually { phone.unlocks.listenerCount == 1 })
        let events = try await model.events()
        phone.unlocks.unlocked()
        #expect(await eventually { model.state.row?.id == first.id + 1 })
        let session = try await model.log.session()
        let times = try #require(session.unlocks.latency.unlocks.first)
        #expect(times[.delivered] != nil && times[.drawn] == nil)
        // A row that is not the newest is not the one that was waited for.
        await model.rowWasDrawn(first.id)
        #expect(times[.drawn] == nil)
        await model.rowWasDrawn(first.id + 1)
        let drawn = try #require(times[.drawn])
        // Seen once, however often it is drawn.
        phone.clock.advance(ms: minuteMs)
        await model.rowWasDrawn(first.id + 1)
        #expect(times[.drawn] == drawn)
        // The unlock, and three impressions of one row.
        #expect(try await model.events() == events + 1 + Row.places)
    }

    @Test func whatLayOverTheAppLeavesTheRowOfWhatComesNext() async throws {
        let phone = try Phone()
        let model = try await phone.startAtHome()
        await model.arrive(phone)
        await model.perform(.departures)
        model.closeAction()
        await model.cameBack()
        let next = try #require(model.state.row)
        // Control Center.
        phone.unlocks.resumed()
        let session = try await model.log.session()
        #expect(await eventually { session.unlocks.latency.unlocks.last?[.delivered] != nil })
        try await Task.sleep(for: .milliseconds(50))
        #expect(session.unlocks.latency.unlocks.count == 2)
        #expect(model.state.row == next && model.moment == .next)
        phone.unlocks.locked()
        phone.unlocks.resumed()
        #expect(await eventually { model.state.row != next && model.moment == .unlock })
    }

    @Test func anArrivalBeforeTheLogIsOpenCounts() async throws {
        let phone = try Phone()
        let model = phone.start()
        phone.unlocks.unlocked()
        await model.appeared()
        let session = try await model.log.session()
        #expect(await eventually { session.unlocks.latency.unlocks.first?[.delivered] != nil })
        #expect(session.unlocks.latency.unlocks.count == 1)
    }

    @Test func placesStayWhereTheyAre() async throws {
        let (seen, unseen) = (try await tiles(isSeen: true), try await tiles(isSeen: false))
        let actions: ([Tile]) -> [Action] = { $0.map(\.action) }
        // The chances are other ones now, and a row that nobody saw is sorted by them.
        #expect(Set(actions(unseen.after)) == Set(actions(unseen.before)))
        #expect(actions(unseen.after) != actions(unseen.before))
        let chances = unseen.after.map(\.prediction.probability)
        #expect(chances == chances.sorted(by: >))
        #expect(actions(seen.after) == actions(seen.before))
        #expect(seen.after.map(\.prediction.probability).sorted(by: >) == chances)
    }

    /// The row before and after something else was done.
    private func tiles(isSeen: Bool) async throws -> (before: [Tile], after: [Tile]) {
        let phone = try Phone()
        let model = try await phone.startAtHome()
        let row = try #require(model.state.row)
        if isSeen { await model.rowWasDrawn(row.id) }
        phone.clock.advance(ms: minuteMs)
        await model.perform(.support)
        model.closeAction()
        await model.cameBack()
        return (row.tiles, try #require(model.state.row).tiles)
    }

    @Test func whatIsDoneIsRecordedAndTheNextIsAskedFor() async throws {
        let phone = try Phone()
        let model = try await phone.startAtHome()
        let events = try await model.events()
        let tile = try #require(model.state.row?.tiles.first)
        await model.perform(tile.action, from: tile)
        #expect(model.state.opened == tile.action)
        #expect(try await model.events() == events + 1)
        // Behind the page nobody sees a row.
        let hidden = try #require(model.state.row)
        await model.rowWasDrawn(hidden.id)
        #expect(try await model.events() == events + 1)
        model.closeAction()
        await model.cameBack()
        #expect(model.state.opened == nil)
        #expect(model.state.row?.heading == "Likely next")
        #expect(model.state.row?.id == hidden.id + 1)
    }

    @Test func whoLeavesFindsTheNextRowInTheWidget() async throws {
        let phone = try Phone()
        let model = try await phone.startAtHome()
        await model.perform(.support)
        phone.clock.advance(ms: 9 * hourMs + 30 * minuteMs)
        let before = phone.reloads.count
        await model.left()
        #expect(phone.reloads.count == before + 1)
        let entry = try #require(phone.widget().first)
        #expect(entry.tiles.map(\.action).contains(.delay))
        #expect(entry.tiles.count == Row.places)
    }

    @Test func whoLeavesBeforeTheLogIsOpenOpensNone() async throws {
        let phone = try Phone()
        let model = phone.start()
        await model.left()
        #expect(!phone.hasLog)
        #expect(model.state == TicketsModel.State())
    }

    @Test func everyStateIsTold() async throws {
        let phone = try Phone()
        let model = phone.start()
        var told: [TicketsModel.State] = []
        model.changed = { told.append($0) }
        await model.appeared()
        await model.why(.buy)
        await model.why(.buy)
        #expect(told.last == model.state)
        // The same again is nothing to draw.
        let isAnyRepeated = zip(told, told.dropFirst()).contains { $0 == $1 }
        #expect(!isAnyRepeated)
    }
}
