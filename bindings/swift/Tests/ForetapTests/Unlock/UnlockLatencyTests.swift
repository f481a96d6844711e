import Testing

@testable import Foretap

@Suite struct UnlockLatencyTests {
    @Test("latency keeps the newest and forgets the oldest")
    func newest() {
        let latency = UnlockLatency()
        for count in 0..<UnlockLatency.capacity + 10 {
            let times = UnlockTimes(beganNs: 0) { UInt64(count) }
            times.reach(.drawn)
            latency.add(times)
        }
        #expect(latency.unlocks.count == UnlockLatency.capacity)
        let last = Int64(UnlockLatency.capacity + 9)
        let quantiles = [0, 1, -3, 7].map { latency.quantileNs(.drawn, share: $0) }
        #expect(quantiles == [10, last, 10, last])
        #expect(latency.quantileNs(.drawn, share: .nan) == nil)
        #expect(latency.quantileNs(.drawn, share: .infinity) == last)
        #expect(UnlockLatency().quantileNs(.drawn, share: 0.5) == nil)
        #expect(UnlockLatency().withinBudget(.drawn) == nil)
    }

    @Test("budgets are kept to the millisecond")
    func budgets() {
        #expect(times(ms: 10).isWithinBudget(.inferred) == true)
        #expect(times(ms: 10.9).isWithinBudget(.inferred) == true)
        #expect(times(ms: 11).isWithinBudget(.inferred) == false)
        #expect(times(ms: 1).isWithinBudget(.drawn) == nil)
        #expect(UnlockMark.allCases.map(\.budgetMs) == [0, 10, 50, 100])
        let latency = UnlockLatency()
        for ms in [1.0, 2, 3, 40] { latency.add(times(ms: ms)) }
        #expect(latency.withinBudget(.inferred) == 0.75)
    }

    @Test("a clock that goes back counts as none")
    func back() {
        let times = UnlockTimes(beganNs: 10) { 3 }
        times.reach(.requested)
        #expect(times[.requested] == 0)
    }

    private func times(ms: Double) -> UnlockTimes {
        let times = UnlockTimes(beganNs: 0) { UInt64(ms * 1e6) }
        times.reach(.inferred)
        return times
    }
}
