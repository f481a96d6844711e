import Foretap
import Testing

@testable import TicketsKit

struct WordsTests {
    @Test(arguments: [
        (0, "0%"), (0.0001, "<1%"), (0.0049, "<1%"), (0.005, "1%"), (0.524, "52%"), (1, "100%"),
        (1.7, "100%"), (-1, "0%"),
    ])
    func aSmallProbabilityIsNotNone(share: Double, text: String) {
        #expect(Words.percent(share) == text)
    }

    @Test(arguments: [(0, "0 kB"), (499, "0 kB"), (82_000, "82 kB"), (999_400, "999 kB"), (1_250_000, "1.2 MB")])
    func sizesAreShort(bytes: Int, text: String) {
        #expect(Words.size(bytes) == text)
    }

    @Test func numbersAndTimesAreEnglish() {
        #expect(Words.count(1_234_567) == "1,234,567")
        #expect(Words.count(1, "event", "events") == "1 event")
        #expect(Words.count(0, "event", "events") == "0 events")
        #expect(Words.ms(1_260_000) == "1.3")
        #expect(Words.sentence("usual around 07:00") == "Usual around 07:00")
        #expect(Words.sentence("") == "")
    }

    @Test func timesAreThoseOfTheClockThatWasRead() {
        #expect(Words.time(monday) == "Mon 07:20")
        #expect(Words.time(Timestamp(epochMs: monday.epochMs, utcOffsetMinutes: -600)) == "Sun 20:20")
        #expect(Words.date(monday) == "2 Feb, 07:20")
    }

    @Test func everyActionHasItsOwnWords() {
        let actions = Action.allCases
        #expect(Set(actions.map(\.title)).count == actions.count)
        #expect(Set(actions.map(\.symbol)).count == actions.count)
        #expect(Set(actions.map(\.page)).count == actions.count)
        for action in actions {
            #expect(Action(action.item) == action)
            #expect(Action.name(of: action.item) == action.title)
        }
        #expect(Action(Item("buy", profile: 1)) == nil)
        #expect(Action(Item("bye")) == nil)
    }
}
