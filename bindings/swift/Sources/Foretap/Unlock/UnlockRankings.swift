/// The rankings of an ``UnlockPredictor``, which each loop over it reads from then on.
public struct UnlockRankings: AsyncSequence, Sendable {
    /// A ranking for an unlock.
    public typealias Element = UnlockRanking

    private let predictor: UnlockPredictor

    init(_ predictor: UnlockPredictor) {
        self.predictor = predictor
    }

    /// Listens from now on, until the loop or its task ends.
    public func makeAsyncIterator() -> Iterator {
        Iterator(predictor)
    }

    /// One loop.
    public struct Iterator: AsyncIteratorProtocol {
        /// Kept for as long as the loop goes on.
        private let predictor: UnlockPredictor
        private var rankings: UnlockReaders.Rankings.Iterator

        init(_ predictor: UnlockPredictor) {
            self.predictor = predictor
            rankings = predictor.read().makeAsyncIterator()
        }

        /// The next ranking that was not read; `nil` when the task is cancelled.
        ///
        /// - Throws: ``ForetapError/closed(_:)`` when the engine is closed.
        public mutating func next() async throws -> UnlockRanking? {
            let next = try await rankings.next()
            next?.times.reach(.delivered)
            return next
        }
    }
}
