import Foundation
internal import ForetapFFI

// Public values to the generated bindings' values.

extension Item {
    var native: ItemParts { ItemParts(id: id, profile: profile) }
}

extension Timestamp {
    func native() throws -> TimestampParts {
        let offset = try fitting("offset", utcOffsetMinutes, -1_080...1_080)
        return TimestampParts(atMs: epochMs, utcOffsetMin: Int16(offset))
    }
}

extension PhoneContext {
    var native: ForetapFFI.Context {
        ForetapFFI.Context(
            place: place,
            label: label?.native,
            network: network?.native,
            accessPoint: accessPoint,
            battery: battery?.native,
            audio: audio?.native
        )
    }
}

extension EventKind {
    func native() throws -> ForetapFFI.EventKind {
        switch self {
        case .launch(let item): .launch(item.native)
        case .close(let item): .close(item.native)
        case .unlock: .unlock
        case .lock: .lock
        case .home: .home
        case .notification(let item): .notification(item.native)
        case .notificationCleared(let item): .notificationCleared(item.native)
        case .impression(let item, let surface, let position, let propensity):
            .impression(
                item: item.native,
                surface: surface,
                position: UInt8(try fitting("position", position, 0...255)),
                propensity: try propensity?.millionths()
            )
        case .dismiss(let item, let surface): .dismiss(item: item.native, surface: surface)
        case .install(let item): .install(item.native)
        case .uninstall(let item): .uninstall(item.native)
        }
    }
}

extension Slot {
    func native() throws -> ForetapFFI.Slot {
        ForetapFFI.Slot(surface: surface, position: UInt8(try fitting("position", position, 0...255)))
    }
}

extension Event {
    func native(_ clock: WallClock) throws -> ForetapFFI.Event {
        ForetapFFI.Event(
            at: try (at ?? clock.now()).native(),
            kind: try kind.native(),
            context: context.native,
            slot: try slot?.native()
        )
    }
}

extension Request {
    func native(_ clock: WallClock) throws -> RequestParts {
        RequestParts(
            moment: moment.native,
            now: try (at ?? clock.now()).native(),
            context: context.native,
            surface: surface,
            limit: UInt32(try fitting("limit", limit, 1...64)),
            candidates: candidates?.map(\.native),
            moveCost: moveCost,
            exploration: exploration.map { ForetapFFI.Exploration(share: $0.share, seed: $0.seed) }
        )
    }
}

extension Control {
    func native() throws -> ForetapFFI.Control {
        switch self {
        case .exclude(let item): .exclude(item.native)
        case .snooze(let item, let until): .snooze(item: item.native, until: try until.native())
        case .neverLearn(let item): .neverLearn(item.native)
        case .pin(let item, let position):
            .pin(item: item.native, position: UInt8(try fitting("position", position, 0...255)))
        case .promote(let item): .promote(item.native)
        case .halfLife(let item, let days):
            .halfLife(item: item?.native, days: UInt16(try fitting("half-life", days, 0...65_535)))
        case .pauseLearning(let until): .pauseLearning(until: try until?.native())
        case .hideProfile(let profile): .hideProfile(profile)
        case .unnamed:
            throw ForetapError.invalidArgument("a decision about an item without a name can only be undone")
        }
    }
}

extension SnoozeEnd {
    func native() throws -> ForetapFFI.SnoozeEnd {
        switch self {
        case .at(let at): .at(try at.native())
        case .frequent: .frequent
        }
    }
}

extension ReasonCode {
    var native: ForetapFFI.ReasonCode {
        switch self {
        case .oftenUsed(let openings): .oftenUsed(openings: UInt32(clamping: openings))
        case .recentlyUsed(let seconds): .recentlyUsed(seconds: UInt64(clamping: seconds))
        case .follows(let item): .follows(item: item.native)
        case .atThisHour(let hour, let weekday): .atThisHour(hour: UInt8(clamping: hour), weekday: weekday.native)
        case .firstAfterUnlock: .firstAfterUnlock
        case .atThisPlace(let label): .atThisPlace(label: label?.native)
        case .onThisNetwork(let network): .onThisNetwork(network: network.native)
        case .atThisBattery(let battery): .atThisBattery(battery: battery.native)
        case .withThisAudio(let audio): .withThisAudio(audio: audio.native)
        case .notifications(let waiting): .notifications(waiting: UInt32(clamping: waiting))
        case .neverOpened: .neverOpened
        case .pinned: .pinned
        case .promoted: .promoted
        case .explored: .explored
        }
    }
}

extension ExportSecret {
    var native: ForetapFFI.ExportSecret {
        switch self {
        case .key(let bytes): .key(bytes: bytes)
        case .passphrase(let words): .passphrase(words: words)
        }
    }
}

extension ModelChoice {
    var native: ModelFile? {
        switch self {
        case .shipped: nil
        case .bundle(let bytes): .bundle(bytes: bytes)
        case .off: .off
        }
    }
}

extension ForetapOptions {
    /// Only one process may have the log open. The lock sees to it, except in an app group, where there can be none; there
    /// iOS must know an open file for a database.
    func native(isShared: Bool) throws -> EngineOptions {
        EngineOptions(
            durability: durability.native,
            retentionDays: UInt16(try fitting("retention", retentionDays, 1...65_535)),
            retentionBytes: UInt64(try fitting("retention", retentionBytes, 0...Int64.max)),
            model: model.native,
            isLocked: !isShared,
            plaintextHeader: isShared
        )
    }
}

extension UploadConsent {
    var native: Consent { Consent(reports: reports, samples: samples) }
}

extension Double {
    /// Above 0, so that what is shown at all has a propensity.
    func millionths() throws -> UInt32 {
        guard self > 0, self <= 1 else {
            throw ForetapError.invalidArgument("a propensity is above 0, at most 1")
        }
        return max(1, UInt32((self * 1_000_000).rounded()))
    }
}

func fitting<T: Comparable>(_ what: String, _ number: T, _ range: ClosedRange<T>) throws -> T {
    guard range.contains(number) else { throw ForetapError.invalidArgument("\(what) is outside \(range)") }
    return number
}
