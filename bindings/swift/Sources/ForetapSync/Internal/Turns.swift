/// Lets one in at a time, in the order in which they came.
actor Turns {
    private var isTaken = false
    private var waiting: [(id: Int, enter: CheckedContinuation<Void, any Error>)] = []
    private var lastId = 0

    /// Does `work` when its turn comes.
    ///
    /// - Throws: `CancellationError` where the task was cancelled before; what `work` throws.
    func one<T: Sendable>(_ work: @Sendable () async throws -> T) async throws -> T {
        try await enter()
        defer { leave() }
        return try await work()
    }

    private func enter() async throws {
        try Task.checkCancellation()
        guard isTaken else {
            isTaken = true
            return
        }
        lastId += 1
        let id = lastId
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { waiting.append((id, $0)) }
        } onCancel: {
            Task { await self.giveUp(id) }
        }
    }

    private func leave() {
        if waiting.isEmpty { isTaken = false } else { waiting.removeFirst().enter.resume() }
    }

    private func giveUp(_ id: Int) {
        guard let index = waiting.firstIndex(where: { $0.id == id }) else { return }
        waiting.remove(at: index).enter.resume(throwing: CancellationError())
    }
}
