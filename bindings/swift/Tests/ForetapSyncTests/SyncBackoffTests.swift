import Foretap
import Testing

@testable import ForetapSync

@Suite struct SyncBackoffTests {
    private static let hour: Duration = .seconds(3_600)
    private static let quarter: Duration = .seconds(900)

    @Test("limits hold on both sides")
    func limits() throws {
        for (attempts, pause) in [
            (0, Self.quarter), (11, Self.quarter), (5, .seconds(60) - .milliseconds(1)),
            (5, Self.hour * 5 + .milliseconds(1)),
        ] {
            #expect(throws: ForetapError.self) { try SyncBackoff(attempts: attempts, pause: pause) }
        }
        #expect(try SyncBackoff(attempts: 1, pause: .seconds(60)).attempts == 1)
        #expect(try SyncBackoff(attempts: 10, pause: Self.hour * 5).pause == Self.hour * 5)
        for period in [Self.hour - .milliseconds(1), Self.hour * 168 + .milliseconds(1)] {
            #expect(throws: ForetapError.self) { try SyncSchedule(period: period) }
        }
        for period in [Self.hour, Self.hour * 168] { #expect(try SyncSchedule(period: period).period == period) }
    }

    @Test("attempts are counted, and pauses double")
    func attempts() throws {
        let backoff = try SyncBackoff(attempts: 4, pause: Self.quarter)
        let waits = (1...5).map { backoff.wait(retryAfter: nil, made: $0, share: 0) }
        #expect(waits == [Self.quarter, Self.quarter * 2, Self.quarter * 4, nil, nil])
        #expect(try SyncBackoff(attempts: 1, pause: Self.quarter).wait(retryAfter: nil, made: 1, share: 0) == nil)
    }

    @Test("pauses do not grow for ever")
    func longest() throws {
        let backoff = try SyncBackoff(attempts: 10, pause: Self.hour)
        #expect(backoff.wait(retryAfter: nil, made: 9, share: 0) == Self.hour * 5)
    }

    @Test("a server is not asked again before it said, nor much later")
    func retryAfter() throws {
        for share in [0, 0.5, 1, -3, 7, .infinity] {
            let wait = try #require(SyncBackoff.standard.wait(retryAfter: Self.hour, made: 1, share: share))
            #expect(wait >= Self.hour && wait <= Self.hour * 1.25)
        }
        #expect(SyncBackoff.standard.wait(retryAfter: .zero, made: 1, share: 0) == Self.quarter)
    }

    @Test("a failure becomes the outcome that it allows")
    func outcomes() {
        #expect(TransportFailure.wrongServer.outcome == .refused(.wrongServer))
        #expect(TransportFailure.tls13Missing.outcome == .refused(.tls13Missing))
        #expect(TransportFailure.unreachable.outcome == .postponed(.network))
        #expect(TransportFailure.handshake.outcome == .postponed(.tls))
        let busy = TransportFailure.busy(retryAfter: .seconds(9))
        #expect(busy.outcome == .postponed(.busy, retryAfter: .seconds(9)))
    }
}
