import Foundation

/// Where an ``UnlockPredictor`` hears of unlocks: from iOS (`SystemUnlocks`) or from the host (``ManualUnlocks``).
public protocol UnlockSource: Sendable {
    /// What is heard from now on, until nobody reads it any more. Each call listens anew. A stream that is read late keeps
    /// a bounded number of signals, the newest.
    func signals() -> AsyncStream<UnlockSignal>
}

/// Unlocks that the host tells of: one that knows better than iOS when its user begins, and tests.
///
/// Unchecked: what changes is touched under the lock alone. (`Mutex` needs iOS 18.)
public final class ManualUnlocks: UnlockSource, @unchecked Sendable {
    private let clock: WallClock
    private let lock = NSLock()
    private var listeners: [Int: AsyncStream<UnlockSignal>.Continuation] = [:]
    private var lastId = 0

    /// A source that nothing was told to yet, on the clock of the engine.
    public init(clock: WallClock = .system) {
        self.clock = clock
    }

    /// How many listen.
    public var listenerCount: Int { lock.withLock { listeners.count } }

    /// The person begins. Heard by those who listen now.
    public func unlocked() {
        tell(.unlock)
    }

    /// The person comes to the app. Heard by those who listen now.
    public func resumed() {
        tell(.resume)
    }

    /// The person leaves. Heard by those who listen now.
    public func locked() {
        tell(.lock)
    }

    /// What is told from now on.
    public func signals() -> AsyncStream<UnlockSignal> {
        AsyncStream(bufferingPolicy: .bufferingNewest(UnlockBacklog.capacity)) { continuation in
            let id = lock.withLock {
                lastId += 1
                listeners[lastId] = continuation
                return lastId
            }
            continuation.onTermination = { [weak self] _ in
                guard let self else { return }
                self.lock.withLock { _ = self.listeners.removeValue(forKey: id) }
            }
        }
    }

    private func tell(_ kind: UnlockSignal.Kind) {
        let signal = UnlockSignal(kind, at: clock.now())
        for listener in lock.withLock({ Array(listeners.values) }) { listener.yield(signal) }
    }
}
