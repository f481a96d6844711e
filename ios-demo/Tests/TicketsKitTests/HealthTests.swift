import Foretap
import Testing

@testable import TicketsKit

@MainActor
struct HealthTests {
    @Test func theMarksStandBesideTheirBudgets() async throws {
        let phone = try Phone()
        let model = try await phone.startAtHome()
        await model.openHealth()
        #expect(model.state.health?.unlocks == "No arrival since the app was started.")
        #expect(model.state.health?.marks.isEmpty == true)

        await model.arrive(phone)
        await model.openHealth()
        let page = try #require(model.state.health)
        #expect(page.unlocks == "1 arrival since the app was started")
        #expect(page.marks.map(\.label) == ["Asked", "Ranked", "Handed over", "Drawn"])
        for (bar, budget) in zip(page.marks, [0, 10, 50, 100]) {
            #expect(bar.value.hasSuffix("of \(budget) ms") || bar.value == "not reached")
            #expect((0...1).contains(bar.strong) && (0...1).contains(bar.pale) && bar.strong <= bar.pale)
        }
        #expect(page.marks[3].value == "not reached")
        await model.rowWasDrawn(try #require(model.state.row?.id))
        await model.openHealth()
        #expect(model.state.health?.marks[3].value.hasSuffix("of 100 ms") == true)
        model.closeHealth()
        #expect(model.state.health == nil)
    }

    @Test func hitRatesStandBesideTheBestSimpleRule() async throws {
        let model = try await Phone().startAtHome()
        await model.openHealth()
        let page = try #require(model.state.health)
        #expect(page.cards.map(\.title).first == "First action after coming to the app")
        let card = try #require(page.cards.first)
        #expect(card.periods.map(\.title) == ["Last 7 days", "Last 30 days"])
        for period in card.periods {
            #expect(period.bars.map(\.label) == ["Foretap", "Best simple rule"])
            #expect(period.bars.allSatisfy { $0.strong <= $0.pale && $0.value.hasPrefix("first ") })
            #expect(period.count.hasSuffix("actions to predict"))
        }
        // A habit this regular is worth something: both rates are of the same events.
        #expect(card.periods[1].bars[0].strong > card.periods[1].bars[1].strong)
        #expect(page.engine.contains(Line("Events", Words.count(try await model.events()))))
        #expect(page.engine.contains { $0.label == "Rankings computed" && $0.value.contains("median") })
    }

    @Test func aNewLogHasNothingToCompare() async throws {
        let model = try Phone().start()
        await model.openHealth()
        let page = try #require(model.state.health)
        #expect(page.cards.allSatisfy { $0.periods.isEmpty })
        #expect(page.engine.first == Line("Events", "0"))
    }
}
