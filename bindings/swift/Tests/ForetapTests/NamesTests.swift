import Foundation
import Testing

import enum ForetapFFI.SyncConclusion
import enum ForetapFFI.SyncEnding

@testable import Foretap

@Suite struct NamesTests {
    @Test("enums have the same names on both sides")
    func enums() {
        func same<T: CaseIterable, N>(_ type: T.Type, _ native: (T) -> N) -> Bool {
            T.allCases.allSatisfy { "\($0)" == "\(native($0))" }
        }
        #expect(same(Audio.self, \.native) && same(Battery.self, \.native) && same(Network.self, \.native))
        #expect(same(Moment.self, \.native) && same(PlaceLabel.self, \.native))
        #expect(same(Granularity.self, \.native) && same(Durability.self, \.native))
        let endings: [SyncEnding] = [.upToDate, .fetched, .withdrawn, .unreachable, .refused]
        #expect(endings.map(\.public) == ModelSyncReport.Ending.allCases)
        #expect(endings.map { "\($0)" } == endings.map { "\($0.public)" })
        let conclusions: [SyncConclusion] = [.activated, .goesOn, .proven, .givenBack]
        #expect(conclusions.map(\.public) == ModelSyncReport.Conclusion.allCases)
        #expect(conclusions.map { "\($0)" } == conclusions.map { "\($0.public)" })
        let days: [Locale.Weekday] = [.monday, .tuesday, .wednesday, .thursday, .friday, .saturday, .sunday]
        #expect(days.map { "\($0.native.public)" } == days.map { "\($0)" })
        let names = "monday tuesday wednesday thursday friday saturday sunday"
        #expect(days.map { "\($0.native)" }.joined(separator: " ") == names)
    }

    @Test("what goes to the core and comes back is what it was")
    func backAndForth() throws {
        let controls: [Control] = [
            .exclude(mail), .snooze(mail, until: .at(minutes(1))), .snooze(mail, until: .frequent), .neverLearn(mail),
            .pin(mail, position: 3), .promote(mail), .halfLife(nil, days: 3), .halfLife(mail, days: 4),
            .pauseLearning(until: minutes(2)), .pauseLearning(), .hideProfile(10),
        ]
        for control in controls { #expect(try control.native().public == control) }
        let codes: [ReasonCode] = [
            .oftenUsed(openings: 3), .recentlyUsed(seconds: 90), .follows(maps), .atThisHour(hour: 9, weekday: .friday),
            .firstAfterUnlock, .atThisPlace(.work), .atThisPlace(nil), .onThisNetwork(.fiveG), .atThisBattery(.low),
            .withThisAudio(.car), .notifications(waiting: 2), .neverOpened, .pinned, .promoted, .explored,
        ]
        for code in codes { #expect(code.native.public == code) }
        #expect(Audio.allCases.map(\.native.public) == Audio.allCases)
        #expect(Battery.allCases.map(\.native.public) == Battery.allCases)
        #expect(Network.allCases.map(\.native.public) == Network.allCases)
        #expect(Moment.allCases.map(\.native.public) == Moment.allCases)
        #expect(PlaceLabel.allCases.map(\.native.public) == PlaceLabel.allCases)
    }

    @Test("every public type is named in the reference's landing page")
    func documented() throws {
        let sources = source("bindings/swift/Sources/Foretap")
        let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        let declaration = /^(?:@\w+(?:\([^)]*\))? )*public (?:final )?(?:struct|enum|class|actor|protocol) (\w+)/
        var names: [String] = []
        for case let file as URL in files where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            names += text.matches(of: declaration.anchorsMatchLineEndings()).map { String($0.1) }
        }
        #expect(names.count > 40)
        let page = try String(contentsOf: sources.appending(path: "Foretap.docc/Foretap.md"), encoding: .utf8)
        #expect(names.filter { !page.contains("- ``\($0)``") && !page.contains("- ``Foretap/\($0)``") } == [])
    }
}
