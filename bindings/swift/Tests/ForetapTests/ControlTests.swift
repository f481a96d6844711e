import Testing

import Foretap

@Suite struct ControlTests {
    @Test("every decision counts, is listed, and can be undone")
    func everyDecision() async throws {
        let decisions: [Control] = [
            .exclude(mail), .snooze(mail, until: .at(minutes(1_000))), .snooze(maps, until: .frequent),
            .neverLearn(news),
            .pin(news, position: 0), .promote(maps), .halfLife(nil, days: 30), .halfLife(mail, days: 3),
            .pauseLearning(until: minutes(500)), .hideProfile(10),
        ]
        let clock = HandClock()
        let foretap = try await inMemory(clock)
        try await foretap.record(habit(60))
        var request = Request(moment: .unlockOrResume)
        let plain = try await foretap.predict(request).predictions
        for control in decisions {
            clock.advance(minutes: 1)
            let decision = try await foretap.decide(control)
            #expect(decision.control == control && decision.at == clock.now)
            #expect(try await foretap.decisions() == [decision])
            switch control {
            case .exclude(let item), .neverLearn(let item):
                #expect(try await !foretap.predict(request).items.contains(item))
            case .pin(let item, let position):
                #expect(try await foretap.predict(request).items[position] == item)
            case .pauseLearning:
                #expect(try await foretap.record(.launch(mail)) == .notLearned)
            default: break
            }
            #expect(try await foretap.undo(decision))
            #expect(try await !foretap.undo(decision))
            #expect(try await foretap.decisions() == [])
        }
        request.at = monday
        let asAtFirst = try await foretap.predict(request).predictions
        #expect(asAtFirst.map(\.item) == plain.map(\.item))
        #expect(asAtFirst.map(\.probability) == plain.map(\.probability))
    }

    @Test("learning that is paused without an end goes on when it is undone")
    func paused() async throws {
        let foretap = try await inMemory()
        let pause = try await foretap.decide(.pauseLearning())
        #expect(try await foretap.record(.launch(mail, at: minutes(10_000))) == .notLearned)
        #expect(try await foretap.undo(id: pause.id))
        #expect(try await foretap.record(.launch(mail, at: minutes(10_001))) == .stored)
    }
}
