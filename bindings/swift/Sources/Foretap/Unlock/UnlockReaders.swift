import Foundation

/// Who reads the rankings of a predictor, and the task that makes them, which lives while there are any.
///
/// Unchecked: what changes is touched under the lock alone. (`Mutex` needs iOS 18.)
final class UnlockReaders: @unchecked Sendable {
    typealias Rankings = AsyncThrowingStream<UnlockRanking, any Error>

    private let lock = NSLock()
    private var readers: [Int: Rankings.Continuation] = [:]
    private var lastId = 0
    private var task: Task<Void, any Error>?

    /// Adds a reader; the first begins the task.
    func add(beginning: () -> Task<Void, any Error>) -> Rankings {
        let (stream, reader) = Rankings.makeStream(bufferingPolicy: .bufferingNewest(1))
        let id = lock.withLock {
            lastId += 1
            readers[lastId] = reader
            if task == nil { task = beginning() }
            return lastId
        }
        reader.onTermination = { [weak self] _ in self?.remove(id) }
        return stream
    }

    func tell(_ ranking: UnlockRanking) {
        for reader in lock.withLock({ Array(readers.values) }) { reader.yield(ranking) }
    }

    /// Ends them all; the next reader begins anew.
    func finish(throwing error: (any Error)?) {
        let (ended, running) = lock.withLock {
            defer {
                readers = [:]
                task = nil
            }
            return (Array(readers.values), task)
        }
        ended.forEach { $0.finish(throwing: error) }
        running?.cancel()
    }

    func end() {
        finish(throwing: nil)
    }

    private func remove(_ id: Int) {
        let idle = lock.withLock { () -> Task<Void, any Error>? in
            readers[id] = nil
            guard readers.isEmpty else { return nil }
            defer { task = nil }
            return task
        }
        idle?.cancel()
    }
}
