import Foundation

@testable import Foretap

/// A Monday of 2026, 09:00 in a zone an hour ahead of UTC.
let monday = Timestamp(epochMs: 1_770_019_200_000, utcOffsetMinutes: 60)

let minuteMs: Int64 = 60_000

func minutes(_ count: Int) -> Timestamp { monday.plus(ms: Int64(count) * minuteMs) }

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

    func advance(minutes count: Int) { now = now.plus(ms: Int64(count) * minuteMs) }
}

/// Keys that a test chooses.
///
/// Unchecked: what changes is read and written under the lock alone.
final class FixedKeys: KeyProvider, @unchecked Sendable {
    private let lock = NSLock()
    private let byte: UInt8
    private var erased = false

    init(_ byte: UInt8 = 7) {
        self.byte = byte
    }

    var isErased: Bool { lock.withLock { erased } }

    func load() throws -> LogKeys {
        try LogKeys(key: bytes(32), salt: bytes(16), pseudonymSecret: bytes(32))
    }

    func erase() { lock.withLock { erased = true } }

    private func bytes(_ count: Int) -> Data { Data(repeating: byte, count: count) }
}

/// How often the widget was to be reloaded.
///
/// Unchecked: the number is read and written under the lock alone.
final class Reloads: @unchecked Sendable {
    private let lock = NSLock()
    private var number = 0

    var value: Int { lock.withLock { number } }

    func add() { lock.withLock { number += 1 } }
}

/// A folder that goes with this value.
final class Folder: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "foretap-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    func file(_ name: String) -> URL { url.appending(path: name) }

    func log(_ name: String = "log.db") -> LogPlace { .file(file(name)) }
}

extension URL {
    var isThere: Bool { FileManager.default.fileExists(atPath: path(percentEncoded: false)) }
}

let mail = Item("mail")
let maps = Item("maps")
let news = Item("news")

/// Mail every few minutes, maps and news now and then.
func habit(_ count: Int) -> [Event] {
    (0..<count).map { n in
        let item = n % 5 == 0 ? [maps, news][n / 5 % 2] : mail
        return .launch(item, at: minutes(n * 7 - count * 7))
    }
}

/// The root of the checkout.
let root = (0..<5).reduce(URL(filePath: #filePath)) { url, _ in url.deletingLastPathComponent() }

/// A file of the sources.
func source(_ path: String) -> URL { root.appending(path: path) }

/// A log in memory on a clock of the test's.
func inMemory(
    _ clock: HandClock = HandClock(),
    model: ModelChoice = .shipped,
    retentionDays: Int = 90
) async throws -> Foretap {
    let options = ForetapOptions(clock: clock.wall, retentionDays: retentionDays, model: model)
    return try await Foretap.inMemory(options: options)
}

/// The error that `work` throws, if it is one of the library's.
func errorOf(_ work: () async throws -> Void) async -> ForetapError? {
    do {
        try await work()
        return nil
    } catch {
        return error as? ForetapError
    }
}

extension ForetapError {
    /// The name of the case alone.
    var kind: String { Mirror(reflecting: self).children.first?.label ?? "" }
}
