import Foretap
import Foundation
import Testing

@testable import TicketsKit

@MainActor
struct DecisionTests {
    @Test func theSheetTellsEveryReason() async throws {
        let model = try await Phone().startAtHome()
        await model.why(.departures)
        let sheet = try #require(model.state.sheet)
        #expect(sheet.chance == "Probability 49%, in place 1")
        #expect(sheet.reasons.first == "Usual around 07:00 on work days")
        #expect(sheet.reasons.allSatisfy { !$0.hasSuffix(".") && $0.first?.isUppercase == true })
        #expect(sheet.reasons.count == model.state.row?.tiles[0].prediction.reasons.count)
        #expect(sheet.choices == [.exclude, .snooze, .neverLearn, .pin(0)])
        model.closeWhy()
        #expect(model.state.sheet == nil)
    }

    @Test func anActionThatIsNotInTheRowHasNoReasons() async throws {
        let model = try await Phone().startAtHome()
        await model.why(.lostAndFound)
        let sheet = try #require(model.state.sheet)
        #expect(sheet.chance == "Not in the row now")
        #expect(sheet.reasons.isEmpty)
    }

    @Test func whatIsExcludedIsGoneAtOnceAlsoFromTheWidget() async throws {
        let phone = try Phone()
        let model = try await phone.startAtHome()
        #expect(phone.widget().first?.tiles.map(\.action).contains(.departures) == true)
        await model.decide(.exclude, .departures)
        #expect(!model.actions.contains(.departures))
        #expect(model.actions.count == Row.places)
        #expect(model.state.sheet == nil)
        #expect(phone.widget().first?.tiles.map(\.action) == model.actions)
        let notice = try #require(model.state.notice)
        #expect(notice.text == "Departures near me is not suggested any more")
        await model.undo(try #require(notice.undo))
        #expect(model.actions.contains(.departures))
        #expect(model.state.notice == Notice("Undone"))
        model.closeNotice()
        #expect(model.state.notice == nil)
    }

    @Test func aDecisionReloadsTheWidget() async throws {
        let phone = try Phone()
        let model = try await phone.startAtHome()
        let session = try await model.log.session()
        let reloads = phone.reloads.count
        try await session.foretap.decide(.exclude(Action.departures.item))
        #expect(phone.reloads.count == reloads + 1)
    }

    @Test func aDecisionIsTakenBackInItsSheet() async throws {
        let model = try await Phone().startAtHome()
        await model.decide(.exclude, .validate)
        await model.why(.validate)
        let sheet = try #require(model.state.sheet)
        #expect(sheet.chance == "Not in the row now")
        #expect(sheet.choices.first?.title == "Undo: Validate: not suggested")
        #expect(!sheet.choices.contains(.exclude))
        await model.choose(try #require(sheet.choices.first))
        #expect(model.actions.contains(.validate))
    }

    @Test func whatIsSnoozedComesBackInADay() async throws {
        let phone = try Phone()
        let model = try await phone.startAtHome()
        await model.decide(.snooze, .departures)
        #expect(!model.actions.contains(.departures))
        #expect(model.state.notice?.text == "Departures near me comes back in a day")
        phone.clock.advance(ms: dayMs - minuteMs)
        await model.arrive(phone)
        #expect(!model.actions.contains(.departures))
        phone.clock.advance(ms: 2 * minuteMs)
        await model.arrive(phone)
        #expect(model.actions.contains(.departures))
    }

    @Test func whatIsNeverLearnedLeavesNoEvent() async throws {
        let model = try await Phone().startAtHome()
        await model.decide(.neverLearn, .support)
        let events = try await model.events()
        await model.perform(.support)
        model.closeAction()
        await model.cameBack()
        #expect(try await model.events() == events)
        #expect(model.state.problem == nil)
    }

    @Test func whatIsPinnedStaysInItsPlace() async throws {
        let phone = try Phone()
        let model = try await phone.startAtHome()
        let tile = try #require(model.state.row?.tiles.last)
        await model.decide(.pin(2), tile.action)
        phone.clock.advance(ms: 10 * hourMs)
        await model.arrive(phone)
        #expect(model.actions.last == tile.action)
        await model.why(tile.action)
        #expect(model.state.sheet?.choices.contains { if case .pin = $0 { true } else { false } } == false)
    }

    @Test func aDecisionThatIsNotInForceIsNotUndoneTwice() async throws {
        let model = try await Phone().startAtHome()
        await model.decide(.snooze, .plan)
        let decision = try #require(model.state.notice?.undo)
        await model.undo(decision)
        await model.undo(decision)
        #expect(model.state.notice?.text == "That was not in force any more")
    }

    @Test func withoutASheetNothingIsDecided() async throws {
        let model = try await Phone().startAtHome()
        await model.choose(.exclude)
        #expect(try await model.log.session().foretap.decisions().isEmpty)
    }

    @Test(arguments: [
        (Control.exclude(Action.buy.item), "Buy a ticket: not suggested"),
        (.snooze(Action.buy.item, until: .at(monday)), "Buy a ticket: not suggested until Mon 07:20"),
        (.snooze(Action.buy.item, until: .frequent), "Buy a ticket: not suggested until it is used often"),
        (.neverLearn(Action.buy.item), "Buy a ticket: never learned"),
        (.pin(Action.buy.item, position: 1), "Buy a ticket: pinned to place 2"),
        (.promote(Action.buy.item), "Buy a ticket: suggested more often"),
        (.halfLife(Action.buy.item, days: 1), "Buy a ticket: forgotten by half in 1 day"),
        (.halfLife(nil, days: 30), "Everything: forgotten by half in 30 days"),
        (.pauseLearning(), "Learning is paused"),
        (.pauseLearning(until: monday), "Learning is paused until Mon 07:20"),
        (.hideProfile(2), "Account 2: hidden"),
        (.unnamed(isNeverLearn: false), "An action of the import: not suggested"),
        (.unnamed(isNeverLearn: true), "An action of the import: never learned"),
        (.exclude(Item("of_a_later_version")), "Something this version does not have: not suggested"),
    ])
    func everyDecisionHasItsSentence(control: Control, sentence: String) {
        #expect(control.sentence == sentence)
    }
}
