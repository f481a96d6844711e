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
    /// Counts the tasks: one that ends late must not end the readers of the next.
    private var round = 0

    /// Adds a reader; the first begins the task, which is told its number.
    func add(beginning: (Int) -> Task<Void, any Error>) -> Rankings {
        let (stream, reader) = Rankings.makeStream(bufferingPolicy: .bufferingNewest(1))
        let id = lock.withLock {
            lastId += 1
            readers[lastId] = reader
            if task == nil {
                round += 1
                task = beginning(round)
            }
            return lastId
        }
        reader.onTermination = { [weak self] _ in self?.remove(id) }
        return stream
    }

    /// The task of this number has a ranking.
    func tell(_ ranking: UnlockRanking, of number: Int) {
        for reader in lock.withLock({ number == round ? Array(readers.values) : [] }) {
            guard case .dropped(let unread) = reader.yield(ranking) else { continue }
            // Nobody read of the arrival: the newer ranking tells of it.
            guard unread.isArrival, !ranking.isArrival else { continue }
            var arrival = ranking
            arrival.isArrival = true
            reader.yield(arrival)
        }
    }

    /// Ends the readers of the task of this number; the next reader begins anew.
    func finish(_ number: Int, throwing error: (any Error)?) {
        finish(throwing: error) { $0 == number }
    }

    /// Ends all.
    func end() {
        finish(throwing: nil) { _ in true }
    }

    private func finish(throwing error: (any Error)?, isMeant: (Int) -> Bool) {
        let (ended, running) = lock.withLock { () -> ([Rankings.Continuation], Task<Void, any Error>?) in
            guard isMeant(round) else { return ([], nil) }
            defer {
                readers = [:]
                task = nil
            }
            return (Array(readers.values), task)
        }
        ended.forEach { $0.finish(throwing: error) }
        running?.cancel()
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
