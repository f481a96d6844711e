import Foretap
import Foundation

@testable import TicketsKit

/// A Monday of 2026, 07:20 in a zone an hour ahead of UTC.
let monday = Timestamp(epochMs: 1_770_013_200_000, utcOffsetMinutes: 60)

let minuteMs: Int64 = 60_000
let hourMs = 60 * minuteMs
let dayMs = 24 * hourMs

/// A clock that only a test moves.
///
/// Unchecked: the time is read and written under the lock alone.
final class HandClock: @unchecked Sendable {
    private let lock = NSLock()
    private var time = monday

    var wall: WallClock { WallClock { self.now } }

    var now: Timestamp {
        get { lock.withLock { time } }
        set { lock.withLock { time = newValue } }
    }

    func advance(ms: Int64) { now = now.plus(ms: ms) }
}

/// How often something happened.
///
/// Unchecked: the number is read and written under the lock alone.
final class Counter: @unchecked Sendable {
    private let lock = NSLock()
    private var number = 0

    var count: Int { lock.withLock { number } }

    func add() { lock.withLock { number += 1 } }
}

/// A keychain as a test wants it.
///
/// Unchecked: the fields are read and written under the lock alone.
final class ScriptedKeys: KeyProvider, @unchecked Sendable {
    private let lock = NSLock()
    private var byte: UInt8 = 7
    private var failure: ForetapError?
    private var eraseFailure: ForetapError?

    /// What the next erasure answers, once.
    var answersErasure: ForetapError? {
        get { lock.withLock { eraseFailure } }
        set { lock.withLock { eraseFailure = newValue } }
    }

    /// What it answers; `nil` for keys.
    var answers: ForetapError? {
        get { lock.withLock { failure } }
        set { lock.withLock { failure = newValue } }
    }

    func load() throws -> LogKeys {
        try lock.withLock {
            if let failure { throw failure }
            func bytes(_ count: Int) -> Data { Data(repeating: byte, count: count) }
            return try LogKeys(key: bytes(32), salt: bytes(16), pseudonymSecret: bytes(32))
        }
    }

    /// The next ones are others.
    func erase() throws {
        try lock.withLock {
            if let eraseFailure {
                self.eraseFailure = nil
                throw eraseFailure
            }
            byte += 1
            failure = nil
        }
    }
}

/// A phone with the app on it: a folder for its log, a clock, a keychain, and somebody who unlocks it.
@MainActor
final class Phone {
    let clock = HandClock()
    let keys = ScriptedKeys()
    let unlocks = ManualUnlocks()
    let reloads = Counter()
    let folder: URL
    private let temporary: URL
    private let root: URL

    init() throws {
        root = FileManager.default.temporaryDirectory.appending(path: "tickets-\(UUID().uuidString)")
        (folder, temporary) = (root.appending(path: "log"), root.appending(path: "temporary"))
        for made in [folder, temporary] {
            try FileManager.default.createDirectory(at: made, withIntermediateDirectories: true)
        }
    }

    deinit {
        try? FileManager.default.removeItem(at: root)
    }

    var place: LogPlace { .file(file) }
    var file: URL { folder.appending(path: "log.db") }

    /// The app is started: its model, which shows nothing yet.
    func start() -> TicketsModel { TicketsModel(TicketsLog(setup()), exports: temporary) }

    /// The app is started by somebody who has three weeks of habits, and shows its row.
    func startAtHome() async throws -> TicketsModel {
        try await learn()
        let model = start()
        await model.appeared()
        return model
    }

    func setup() -> TicketsLog.Setup {
        TicketsLog.Setup(
            place: place,
            keys: keys,
            options: ForetapOptions(clock: clock.wall),
            unlocks: RememberedUnlocks(unlocks),
            surroundings: { _ in KnownSurroundings() },
            widgetChanged: { [reloads] in reloads.add() }
        )
    }

    /// Three weeks of habits.
    func learn() async throws {
        let foretap = try await open()
        try await foretap.record(Commuter.weeks(3, before: clock.now))
        try await foretap.close()
    }

    func open() async throws -> Foretap {
        try await Foretap.open(at: place, keys: keys, options: ForetapOptions(clock: clock.wall))
    }

    /// What the widget shows now.
    func widget() -> [WidgetEntry] { WidgetEntry.timeline(at: place, now: clock.now.date) }

    /// Whether there is anything of a log.
    var hasLog: Bool { (try? names(in: folder))?.isEmpty == false }

    /// What exports left behind.
    func exports() throws -> [String] { try names(in: temporary) }

    private func names(in folder: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false))
    }
}

/// Somebody who goes to work by train.
enum Commuter {
    /// What they come to the app for on a working day, in an order that depends on the day.
    private static let morning: [Action] = [.departures, .validate, .tickets, .departures]
    private static let evening: [Action] = [.plan, .delay, .tickets, .plan]
    /// What they come for on other days, and now and then on these.
    private static let leisure: [Action] = [.buy, .plan, .lostAndFound, .departures, .support, .topUp, .seasonPass]

    /// What happened in the weeks before a Monday morning.
    static func weeks(_ count: Int, before now: Timestamp) -> [Event] {
        let midnight = now.plus(ms: -(7 * hourMs + 20 * minuteMs))
        return (0..<7 * count).flatMap { day in
            let start = midnight.plus(ms: Int64(day - 7 * count) * dayMs)
            return visits(day).enumerated().flatMap { n, usual in
                // Nobody is on time to the minute.
                let late = (day * 13 + n * 5) % 6
                let action = (day * 5 + n) % 13 == 0 ? leisure[(day + n) % leisure.count] : usual.action
                return visit(action, at: start.plus(ms: Int64(usual.minute + late) * minuteMs))
            }
        }
    }

    private static func visits(_ day: Int) -> [(minute: Int, action: Action)] {
        guard day % 7 < 5 else {
            return [10, 14, 20].enumerated().map { n, hour in (hour * 60, leisure[(day * 3 + n * 2) % leisure.count]) }
        }
        return [(7, morning), (17, evening)].flatMap { hour, usual in
            usual.indices.map { n in (hour * 60 + n * 12, usual[(n * (day % 2 * 2 + 1) + day / 2) % usual.count]) }
        }
    }

    private static func visit(_ action: Action, at start: Timestamp) -> [Event] {
        [
            .unlock(at: start),
            .launch(action.item, at: start.plus(ms: minuteMs / 2)),
            .lock(at: start.plus(ms: 3 * minuteMs)),
        ]
    }
}

/// Waits for what another task is about to do.
@MainActor
func eventually(_ condition: () -> Bool) async -> Bool {
    let until = ContinuousClock.now + .seconds(20)
    while !condition() {
        guard ContinuousClock.now < until else { return false }
        try? await Task.sleep(for: .milliseconds(1))
    }
    return true
}

extension TicketsModel {
    /// The actions of the row, place by place.
    var actions: [Action] { state.row?.tiles.map(\.action) ?? [] }

    /// How many events the log has.
    func events() async throws -> Int { try await log.session().foretap.health().events }

    /// Opens an action's sheet and decides.
    func decide(_ choice: Choice, _ action: Action) async {
        await why(action)
        await choose(choice)
    }

    /// The person comes to the app, and the row is there.
    func arrive(_ phone: Phone) async {
        guard await eventually({ phone.unlocks.listenerCount == 1 }) else { return }
        let before = state.row?.id ?? 0
        phone.unlocks.unlocked()
        _ = await eventually { (state.row?.id ?? 0) > before }
    }
}
