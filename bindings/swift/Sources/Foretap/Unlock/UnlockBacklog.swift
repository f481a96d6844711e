import Foundation

/// What was heard and not dealt with yet, the newest of it.
///
/// Unchecked: what changes is touched under the lock alone. (`Mutex` needs iOS 18.)
final class UnlockBacklog: @unchecked Sendable {
    /// How many signals wait at most; older ones are forgotten.
    static let capacity = 64

    /// Tells that something waits; ends with the source.
    let rings: AsyncStream<Void>
    private let bell: AsyncStream<Void>.Continuation
    private let lock = NSLock()
    private var waiting: [UnlockSignal] = []

    init() {
        (rings, bell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func add(_ signal: UnlockSignal) {
        lock.withLock {
            if waiting.count == Self.capacity { waiting.removeFirst() }
            waiting.append(signal)
        }
        bell.yield()
    }

    /// What waits, the oldest first, which waits no more.
    func take() -> [UnlockSignal] {
        lock.withLock {
            defer { waiting = [] }
            return waiting
        }
    }

    /// There is no more to come.
    func end() {
        bell.finish()
    }
}
