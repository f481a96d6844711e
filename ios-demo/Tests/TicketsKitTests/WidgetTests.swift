import Foretap
import Foundation
import Testing

@testable import TicketsKit

@MainActor
struct WidgetTests {
    @Test func theWidgetShowsTheRowOfTheApp() async throws {
        let phone = try Phone()
        let model = try await phone.startAtHome()
        let entries = phone.widget()
        let fresh = try #require(entries.first)
        #expect(fresh.date == phone.clock.now.date)
        #expect(fresh.tiles.map(\.action) == model.actions)
        #expect(fresh.tiles.map(\.percent) == model.state.row?.tiles.map(\.percent))
        #expect(fresh.tiles.map(\.position) == [0, 1, 2])
        #expect(fresh.tiles[0].spoken == "Departures near me, probability 49%, Usual around 07:00 on work days")
        #expect(fresh.message == nil)
        await model.why(.departures)
        #expect(fresh.tiles[0].reason == model.state.sheet?.reasons.first)
    }

    @Test func whatIsOldIsShownWithoutItsProbabilities() async throws {
        let phone = try Phone()
        _ = try await phone.startAtHome()
        let written = phone.clock.now.date
        let entries = phone.widget()
        #expect(entries.map(\.date) == [written, written.addingTimeInterval(WidgetEntry.holds)])
        #expect(entries[1].tiles.map(\.action) == entries[0].tiles.map(\.action))
        #expect(entries[1].tiles.allSatisfy { $0.percent == nil && $0.reason == nil })
        #expect(entries[1].tiles[0].spoken == "Departures near me")
        phone.clock.advance(ms: 10 * hourMs)
        #expect(phone.widget().map(\.date) == [phone.clock.now.date])
    }

    @Test func beforeTheFirstRowItSaysWhatToDo() throws {
        let phone = try Phone()
        let entries = phone.widget()
        #expect(entries.count == 1)
        #expect(entries[0].tiles.isEmpty)
        #expect(entries[0].message == "Open the app to get suggestions.")
    }

    @Test func aFileThatCannotBeReadIsNoRow() async throws {
        let phone = try Phone()
        let model = try await phone.startAtHome()
        try await model.log.close()
        let ranking = try #require(
            FileManager.default.enumerator(at: phone.folder, includingPropertiesForKeys: nil)?
                .compactMap { $0 as? URL }
                .first { $0.lastPathComponent.hasSuffix("ranking.json") }
        )
        try Data("{".utf8).write(to: ranking)
        #expect(phone.widget().map(\.message) == ["Unlock the phone and open the app to get suggestions."])
    }

    @Test func anActionThatThisVersionDoesNotHaveLeavesItsPlaceEmpty() throws {
        let items = ["of_a_later_version", "buy", "plan", "delay"]
        let entries = items.map { WidgetRanking.Entry(item: Item($0), name: $0, probability: 0.25, reason: "usual") }
        let ranking = WidgetRanking(entries: entries, at: monday, surface: "home")
        let entry = try #require(WidgetEntry.timeline(of: ranking, now: monday.date).first)
        #expect(entry.tiles.map(\.action) == [.buy, .plan])
        #expect(entry.tiles.map(\.position) == [1, 2])
        #expect(entry.tiles.first?.url?.absoluteString == "foretap-tickets://open/buy?from=widget&place=1")
    }

    @Test func theGalleryShowsNobodysHabits() {
        let entry = WidgetEntry.placeholder(now: monday.date)
        #expect(entry.tiles.map(\.action) == Array(Action.allCases.prefix(Row.places)))
        #expect(entry.tiles.allSatisfy { $0.percent == nil && $0.reason == nil })
    }

    @Test func anUnlockWritesTheRowOfTheWidget() async throws {
        let phone = try Phone()
        let model = try await phone.startAtHome()
        phone.clock.advance(ms: 10 * hourMs)
        let reloads = phone.reloads.count
        await model.arrive(phone)
        #expect(await eventually { phone.reloads.count == reloads + 1 })
        #expect(phone.widget().first?.tiles.map(\.action) == model.actions)
    }
}
