import Foundation
import Testing

@testable import Foretap

@Suite struct TurnsTests {
    private let clock = HandClock()
    private var options: ForetapOptions { ForetapOptions(clock: clock.wall) }

    @Test("sixteen tasks record and ask at once and nothing is lost")
    func sixteenTasks() async throws {
        let (tasks, each) = (16, 60)
        let folder = try Folder()
        let foretap = try await Foretap.open(at: folder.log(), keys: FixedKeys(), options: options)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<tasks {
                group.addTask {
                    for n in 0..<each {
                        try await foretap.record(.action("item \(n % 7)", at: minutes(n * tasks + task)))
                        if n % 5 == 0 { #expect(try await foretap.predict().predictions.count <= 5) }
                        if n % 20 == 0 { _ = try await foretap.health() }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await foretap.health().events == tasks * each)
        try await foretap.close()
    }

    @Test("closing while tasks ask ends in answers or in closed, never in a crash")
    func closingMeanwhile() async throws {
        let (tasks, each) = (16, 40)
        let folder = try Folder()
        let foretap = try await Foretap.open(at: folder.log(), keys: FixedKeys(), options: options)
        let refused = try await withThrowingTaskGroup(of: Int.self) { group in
            for task in 0..<tasks {
                group.addTask {
                    var refused = 0
                    for n in 0..<each {
                        let event = Event.launch(mail, at: minutes(n * tasks + task))
                        let error = await errorOf { try await foretap.record(event) }
                        if error?.kind == "closed" { refused += 1 }
                    }
                    return refused
                }
            }
            group.addTask {
                for _ in 0..<3 { try await foretap.close() }
                return 0
            }
            return try await group.reduce(0, +)
        }
        let again = try await Foretap.open(at: folder.log(), keys: FixedKeys(), options: options)
        #expect(try await again.health().events == tasks * each - refused)
        try await again.close()
    }

    @Test("who is cancelled before the turn is told at once, and nothing was done")
    func cancelledBefore() async throws {
        let turns = Turns()
        let gate = Gate()
        let first = Task { try await turns.take { gate.pass() } }
        await gate.reached()
        let done = Counter()
        let second = Task { try await turns.take { done.count() } }
        second.cancel()
        // The first still has its turn: who waited for it does not wait any longer.
        await #expect(throws: CancellationError.self) { try await second.value }
        gate.open()
        try await first.value
        try await turns.take {}
        #expect(done.value == 0)
    }

    @Test("whose turn has come is completed, cancelled or not")
    func cancelledDuring() async throws {
        let turns = Turns()
        let gate = Gate()
        let running = Task {
            try await turns.take {
                gate.pass()
                return 42
            }
        }
        await gate.reached()
        running.cancel()
        gate.open()
        #expect(try await running.value == 42)
    }

    @Test("a task that was cancelled records nothing, and may still close")
    func cancelledTask() async throws {
        let foretap = try await Foretap.inMemory(options: options)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            await #expect(throws: CancellationError.self) { try await foretap.record(.launch(mail)) }
            await #expect(throws: CancellationError.self) { try await foretap.erase() }
            await #expect(throws: CancellationError.self) { _ = try await Foretap.inMemory() }
        }
        await task.value
        #expect(try await foretap.health().events == 0)
        try await Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await foretap.close()
        }.value
        #expect(await errorOf { _ = try await foretap.health() }?.kind == "closed")
    }

    @Test("whoever is cancelled while opening leaves the log to the next")
    func cancelledOpening() async throws {
        let folder = try Folder()
        let options = options
        for round in 0..<20 {
            let opening = Task { try await Foretap.open(at: folder.log(), keys: FixedKeys(), options: options).close() }
            if round % 2 == 0 { await Task.yield() }
            opening.cancel()
            _ = await opening.result
        }
        try await Foretap.open(at: folder.log(), keys: FixedKeys(), options: options).close()
    }

    @Test("whoever is cancelled while erasing has erased all or nothing")
    func cancelledErasing() async throws {
        let folder = try Folder()
        for round in 0..<10 {
            let keys = FixedKeys()
            let foretap = try await Foretap.open(at: folder.log(), keys: keys, options: options)
            try await foretap.record(habit(20))
            let erasing = Task { try await foretap.erase() }
            if round % 2 == 0 { await Task.yield() }
            erasing.cancel()
            _ = await erasing.result
            #expect(keys.isErased == !folder.file("log.db").isThere)
            try await foretap.close()
        }
    }

    @Test("turns are taken in order, and not on the caller's thread")
    @MainActor func order() async throws {
        let turns = Turns()
        let order = Order()
        for n in 0..<100 {
            turns.leave {
                // The later ones would overtake the earlier ones if they could.
                Thread.sleep(forTimeInterval: Double(100 - n) / 100_000)
                order.append(n)
            }
        }
        #expect(try await !turns.take { Thread.isMainThread })
        #expect(order.numbers == Array(0..<100))
    }

    @Test("calls that wait block no thread of the cooperative pool")
    func pool() async throws {
        let gates = (0..<4 * ProcessInfo.processInfo.activeProcessorCount).map { _ in Gate() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for gate in gates { group.addTask { try await Turns().take { gate.pass() } } }
            group.addTask {
                for gate in gates { await gate.reached() }
                for gate in gates { gate.open() }
            }
            try await group.waitForAll()
        }
    }
}

/// A place where a call waits until a test lets it go on.
private struct Gate: Sendable {
    private let way = DispatchSemaphore(value: 0)
    private let arrivals: AsyncStream<Void>
    private let arrival: AsyncStream<Void>.Continuation

    init() {
        (arrivals, arrival) = AsyncStream.makeStream()
    }

    func pass() {
        arrival.yield()
        way.wait()
    }

    func reached() async {
        for await _ in arrivals { return }
    }

    func open() { way.signal() }
}

/// Unchecked: the numbers are read and written under the lock alone.
private final class Order: @unchecked Sendable {
    private let lock = NSLock()
    private var kept: [Int] = []

    var numbers: [Int] { lock.withLock { kept } }

    func append(_ number: Int) { lock.withLock { kept.append(number) } }
}

/// Unchecked: the number is read and written under the lock alone.
private final class Counter: @unchecked Sendable {
    private let lock = NSLock()
    private var kept = 0

    var value: Int { lock.withLock { kept } }

    func count() { lock.withLock { kept += 1 } }
}
