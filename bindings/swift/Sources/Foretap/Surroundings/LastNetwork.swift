import Foundation

/// The last path that a monitor told of: before the first it knows of none, which does not mean that the phone is offline.
///
/// Unchecked: what changes is touched under the lock alone. (`Mutex` needs iOS 18.)
final class LastNetwork: @unchecked Sendable {
    private let lock = NSLock()
    private let patience: Duration
    private var path: NetworkPath?

    /// Waits so long for the first path: a monitor that has just begun tells of it within some milliseconds.
    init(patience: Duration = .milliseconds(20)) {
        self.patience = patience
    }

    func keep(_ path: NetworkPath) {
        lock.withLock { self.path = path }
    }

    /// The connection; `nil` where it is of another kind, or not known yet.
    func network() async -> Network? {
        let until = ContinuousClock.now + patience
        while known == nil, ContinuousClock.now < until, !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(2))
        }
        return known?.network
    }

    private var known: NetworkPath? { lock.withLock { path } }
}
