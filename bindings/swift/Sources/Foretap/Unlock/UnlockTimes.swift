import Foundation

/// When each ``UnlockMark`` of one unlock was reached. May be used from any thread.
///
/// Unchecked: what changes is touched under the lock alone. (`Mutex` needs iOS 18.)
public final class UnlockTimes: @unchecked Sendable {
    private let beganNs: UInt64
    private let ticksNs: @Sendable () -> UInt64
    private let lock = NSLock()
    private var reached: [UnlockMark: Int64] = [:]

    init(beganNs: UInt64, ticksNs: @escaping @Sendable () -> UInt64 = Ticks.now) {
        self.beganNs = beganNs
        self.ticksNs = ticksNs
    }

    /// Nanoseconds from the unlock to the mark; `nil` if it was not reached yet.
    public subscript(mark: UnlockMark) -> Int64? { lock.withLock { reached[mark] } }

    /// Whether the mark was reached within its budget, to the millisecond; `nil` if it was not reached yet.
    public func isWithinBudget(_ mark: UnlockMark) -> Bool? {
        self[mark].map { $0 / 1_000_000 <= mark.budgetMs }
    }

    /// The first time counts.
    func reach(_ mark: UnlockMark) {
        let now = Int64(clamping: max(ticksNs(), beganNs) - beganNs)
        lock.withLock { if reached[mark] == nil { reached[mark] = now } }
    }
}

/// A clock that no person and no network sets.
enum Ticks {
    /// Nanoseconds since the phone started, without its sleep.
    @Sendable static func now() -> UInt64 { DispatchTime.now().uptimeNanoseconds }
}
