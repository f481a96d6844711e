import Foundation
import Testing

@testable import Foretap

@Suite struct PresenceTests {
    @Test("the app belongs to the unlock before for a minute, and no longer")
    func minute() {
        #expect(news([(.unlock, 0), (.resume, 60_000)]) == [true, false])
        #expect(news([(.unlock, 0), (.resume, 60_001)]) == [true, true])
        // A clock that was set back.
        #expect(news([(.unlock, 0), (.resume, -1)]) == [true, true])
    }

    @Test("each arrival and each leaving counts once")
    func once() {
        #expect(news([(.resume, 0), (.resume, 1), (.unlock, 2), (.resume, 90_000)]) == [true, false, false, false])
        #expect(news([(.lock, 0), (.lock, 1), (.resume, 2), (.lock, 3)]) == [true, false, true, true])
        #expect(news([(.unlock, 0), (.unlock, 1), (.lock, 2), (.unlock, 3)]) == [true, false, true, true])
    }

    private func news(_ heard: [(UnlockSignal.Kind, Int64)]) -> [Bool] {
        var presence = Presence()
        return heard.map { kind, ms in
            let signal = UnlockSignal(kind, at: monday.plus(ms: ms))
            defer { presence.take(signal) }
            return presence.isNew(signal)
        }
    }
}
