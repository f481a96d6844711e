import Foundation
import Testing

@testable import Foretap

@Suite struct SuggestionChoiceTests {
    private let date = Date(timeIntervalSince1970: 1_770_019_200)

    @Test("the likeliest are suggested, the likeliest first, as many as wanted")
    func likeliest() {
        let ranking = ranking([("a", 0.2), ("b", 0.4), ("c", 0.2), ("d", 0.1), ("e", 0.09)])
        #expect(items(SuggestionChoice(), ranking) == ["b", "a", "c"])
        #expect(items(SuggestionChoice(limit: 9), ranking) == ["b", "a", "c", "d"])
        #expect(items(SuggestionChoice(limit: 9, atLeast: 0.3), ranking) == ["b"])
        #expect(items(SuggestionChoice(limit: 0), ranking) == [])
        #expect(items(SuggestionChoice(limit: -1), ranking) == [])
        #expect(items(SuggestionChoice(atLeast: 1.1), ranking) == [])
    }

    @Test("what explores or was never done is not suggested")
    func habits() {
        let ranking = ranking([("a", 0.9), ("b", 0.8), ("c", 0.7)], reasons: [.explored, .neverOpened, .pinned])
        #expect(items(SuggestionChoice(), ranking) == ["c"])
    }

    @Test("a suggestion holds for as long as the host says")
    func interval() throws {
        let ranking = ranking([("a", 0.9)])
        let suggestion = try #require(SuggestionChoice().suggestions(of: ranking, at: date).first)
        let halfAnHour = DateInterval(start: date, duration: 1_800)
        #expect(suggestion == Suggestion(item: Item("a"), probability: 0.9, interval: halfAnHour))
        let past = SuggestionChoice(holds: -5).suggestions(of: ranking, at: date).first
        #expect(past?.interval.duration == 0)
        for holds in [Double.nan, .infinity, -.infinity] {
            let none = SuggestionChoice(holds: holds).suggestions(of: ranking, at: date).first
            #expect(none?.interval.duration == 0)
        }
    }

    @Test("a real ranking gives suggestions")
    func real() async throws {
        let foretap = try await inMemory()
        try await foretap.record(habit(60))
        let ranking = try await foretap.predict(limit: 5, moment: .unlockOrResume)
        let suggestions = SuggestionChoice().suggestions(of: ranking)
        #expect(suggestions.first?.item == mail)
        #expect(suggestions.allSatisfy { $0.probability >= 0.1 })
    }

    private func items(_ choice: SuggestionChoice, _ ranking: Ranking) -> [String] {
        choice.suggestions(of: ranking, at: date).map(\.item.id)
    }

    private func ranking(_ predictions: [(String, Double)], reasons: [ReasonCode] = []) -> Ranking {
        Ranking(
            predictions: predictions.enumerated().map { index, prediction in
                let code = index < reasons.count ? reasons[index] : .firstAfterUnlock
                return Prediction(
                    item: Item(prediction.0),
                    probability: prediction.1,
                    reasons: [Reason(code, weight: 1)],
                    propensity: 1
                )
            },
            moment: .unlock,
            surface: "main",
            answeredBy: .mixer,
            model: nil,
            isPrepared: false,
            stages: StageTimes(retrievalNs: 0, featuresNs: 0, inferenceNs: 0, formattingNs: 0)
        )
    }
}
