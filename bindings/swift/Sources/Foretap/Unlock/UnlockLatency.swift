import Foundation

/// How long unlocks took, mark by mark. Kept in memory, the newest ``capacity`` of them; numbers only. May be used from
/// any thread.
///
/// Unchecked: what changes is touched under the lock alone. (`Mutex` needs iOS 18.)
public final class UnlockLatency: @unchecked Sendable {
    /// How many unlocks are kept.
    public static let capacity = 256

    private let lock = NSLock()
    private var kept: [UnlockTimes] = []

    init() {}

    /// The unlocks, the oldest first.
    public var unlocks: [UnlockTimes] { lock.withLock { kept } }

    /// The quantile of a mark, in nanoseconds; `share` is 0 to 1. `nil` where no unlock reached it, and for a
    /// share that is no number.
    public func quantileNs(_ mark: UnlockMark, share: Double) -> Int64? {
        let sorted = unlocks.compactMap { $0[mark] }.sorted()
        guard !sorted.isEmpty, !share.isNaN else { return nil }
        return sorted[Int(min(max(share, 0), 1) * Double(sorted.count - 1))]
    }

    /// The share of unlocks that reached a mark within its budget, of those that reached it; `nil` where none did.
    public func withinBudget(_ mark: UnlockMark) -> Double? {
        let verdicts = unlocks.compactMap { $0.isWithinBudget(mark) }
        return verdicts.isEmpty ? nil : Double(verdicts.filter { $0 }.count) / Double(verdicts.count)
    }

    func add(_ times: UnlockTimes) {
        lock.withLock {
            if kept.count == Self.capacity { kept.removeFirst() }
            kept.append(times)
        }
    }
}
