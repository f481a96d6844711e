import Foundation

/// The unlocks of a source from the moment on that this is made: the app comes to the front before its log is open, and
/// that arrival counts. To be made when the app starts, in its `init`, and kept until the log is open.
///
/// What was heard is recorded with the time at which it was heard. The newest 64 signals are kept.
///
/// Unchecked: what changes is touched under the lock alone. (`Mutex` needs iOS 18.)
public final class RememberedUnlocks: UnlockSource, @unchecked Sendable {
    private let source: any UnlockSource
    private let lock = NSLock()
    private var early: AsyncStream<UnlockSignal>?

    /// Listens to a source from now on.
    public init(_ source: some UnlockSource) {
        self.source = source
        early = source.signals()
    }

    /// What was heard so far and from now on, for who asks first; what is heard from now on, for every other.
    public func signals() -> AsyncStream<UnlockSignal> {
        let early = lock.withLock {
            defer { self.early = nil }
            return self.early
        }
        return early ?? source.signals()
    }
}
