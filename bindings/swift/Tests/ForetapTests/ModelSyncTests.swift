import Foundation
import Testing

@testable import Foretap

/// A run of model sync without a network: the test hands over what it wants.
@Suite(.timeLimit(.minutes(2)))
struct ModelSyncTests {
    private let foretap: Foretap

    init() async throws {
        foretap = try await inMemory()
        try await foretap.record(habit(60))
    }

    @Test("a run says what to fetch, and leaves a model that answers")
    func activated() async throws {
        let before = try await foretap.predict().model
        let run = try await foretap.beginModelSync(root: Repository.root())
        let paths = try run.serve(release: 1)
        #expect(paths.map { $0.prefix { $0 != "/" } } == ["root", "timestamp", "release", "delta"])
        #expect(try run.next() == .finish)
        #expect(try run.received(Data([1])) == false, "nothing is wanted any more")
        let report = try run.finish()
        #expect(report.ending == .fetched && report.conclusion == .activated && report.refusal == nil)
        #expect(report.modelChanged && report.release == 1 && report.model != before)
        #expect(try await foretap.predict().model == report.model)
        #expect(try await foretap.health().model == report.model)
        let again = try await foretap.beginModelSync(root: Repository.root())
        #expect(try again.serve(release: 1) == ["root/2", "timestamp"])
        #expect(try again.finish().ending == .upToDate)
        let back = try await foretap.beginModelSync(root: Repository.root())
        try back.serve(release: 2)
        let withdrawn = try back.finish()
        #expect(withdrawn.ending == .withdrawn && withdrawn.modelChanged && withdrawn.model == before)
        #expect(try await foretap.predict().model == before)
    }

    @Test("what is not believed is refused in words without names, and what does not come is to be tried again")
    func refused() async throws {
        let run = try await foretap.beginModelSync(root: Repository.root())
        _ = try run.next()
        try run.absent(.missing)
        guard case .fetch("timestamp", let maxBytes) = try run.next() else {
            Issue.record("the timestamp comes second")
            return
        }
        #expect(try run.received(Data(count: maxBytes)))
        #expect(try run.received(Data(count: 1)) == false, "it is too long")
        let report = try run.finish()
        #expect(report.ending == .refused && !report.modelChanged && report.release == nil)
        #expect(report.refusal?.contains("timestamp") == true)
        let lost = try await foretap.beginModelSync(root: Repository.root())
        try lost.absent(.unreachable)
        #expect(try lost.finish().ending == .unreachable)
        let follower = try await foretap.beginModelSync(root: Repository.root(), channel: "beta", segments: ["a", "b"])
        try follower.serve(release: 1)
        #expect(try follower.finish().ending == .refused, "the repository has another channel")
    }

    @Test("a run ends once, and what a cancelled one fetched is there for the next")
    func ended() async throws {
        let run = try await foretap.beginModelSync(root: Repository.root())
        try run.serve(release: 1)
        try run.cancel()
        try run.cancel()
        #expect(try run.next() == .finish)
        #expect(await errorOf { _ = try run.finish() }?.kind == "closed")
        let next = try await foretap.beginModelSync(root: Repository.root())
        #expect(try next.serve(release: 1) == ["root/2", "timestamp"])
        #expect(try next.finish().conclusion == .activated)
        #expect(await errorOf { _ = try next.finish() }?.kind == "closed")
        try next.cancel()
    }

    @Test("a log that was opened with the host's own model, or closed, has no run")
    func none() async throws {
        let own = try await inMemory(model: .off)
        #expect(await errorOf { _ = try await own.beginModelSync(root: Repository.root()) }?.kind == "invalidArgument")
        let run = try await foretap.beginModelSync(root: Repository.root())
        try run.serve(release: 1)
        try await foretap.close()
        #expect(await errorOf { _ = try await foretap.beginModelSync(root: Repository.root()) }?.kind == "closed")
        #expect(await errorOf { _ = try run.finish() }?.kind == "closed")
    }

    @Test("rankings are answered while a model is tried")
    func meanwhile() async throws {
        try await alone("ModelSyncTests/meanwhile") {
            let items = [mail, maps, news]
            try await foretap.backfill((0..<4_000).map { .launch(items[$0 % 3], at: minutes($0 - 9_000)) })
            let run = try await foretap.beginModelSync(root: Repository.root())
            try run.serve(release: 1)
            let (foretap, ending) = (foretap, Ending())
            let asking = Task {
                var answers = 0
                while !ending.isOver {
                    let (isBegun, items) = (ending.isBegun, try await foretap.predict().items)
                    #expect(!items.isEmpty)
                    answers += isBegun && !ending.isOver ? 1 : 0
                }
                return answers
            }
            let report = try await ending.around { try run.finish() }
            #expect(report.conclusion == .activated)
            // One that had to wait would not have been answered before the end.
            let answers = try await asking.value
            #expect(answers > 2)
        }
    }
}

/// Work on a thread of its own, and whether it has begun and ended. Unchecked: touched under the lock alone.
private final class Ending: @unchecked Sendable {
    private let lock = NSLock()
    private var state = (isBegun: false, isOver: false)

    var isBegun: Bool { lock.withLock { state.isBegun } }

    var isOver: Bool { lock.withLock { state.isOver } }

    func around<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { [self] in
                lock.withLock { state.isBegun = true }
                let result = Result { try work() }
                lock.withLock { state.isOver = true }
                continuation.resume(with: result)
            }
        }
    }
}
