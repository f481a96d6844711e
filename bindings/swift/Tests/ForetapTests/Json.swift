import Foundation

@testable import Foretap

/// A value of the kept life, whose fields depend on what the step is.
struct Json {
    private let value: Any?

    init(_ value: Any?) {
        self.value = value is NSNull ? nil : value
    }

    init(contentsOf file: URL) throws {
        self.init(try JSONSerialization.jsonObject(with: Data(contentsOf: file)))
    }

    subscript(field: String) -> Json { Json((value as? [String: Any])?[field]) }
    subscript(place: Int) -> Json { Json((value as? [Any])?[place]) }

    var isThere: Bool { value != nil }
    var list: [Json] { (value as? [Any])?.map { Json($0) } ?? [] }
    var word: String? { value as? String }
    var number: Double? { (value as? NSNumber)?.doubleValue }
    var integer: Int? { (value as? NSNumber)?.intValue }

    func text() throws -> String { try said(word) }
    func double() throws -> Double { try said(number) }
    func int() throws -> Int { try said(integer) }

    /// Bytes in hexadecimal digits.
    func bytes() throws -> Data {
        let digits = Array(try text())
        return Data(
            try stride(from: 0, to: digits.count, by: 2).map { try said(UInt8(String(digits[$0...$0 + 1]), radix: 16)) }
        )
    }

    func timestamp() throws -> Timestamp {
        Timestamp(epochMs: Int64(try self[0].int()), utcOffsetMinutes: try self[1].int())
    }

    func item() throws -> Item { Item(try self[0].text(), profile: UInt32(try self[1].int())) }

    /// The case of this name, which has underscores where Swift has capitals.
    func named<T: CaseIterable>(_ type: T.Type) throws -> T {
        let words = try text().split(separator: "_")
        let name = words.prefix(1).map(String.init) + words.dropFirst().map { $0.capitalized }
        return try said(T.allCases.first { "\($0)" == name.joined() })
    }

    func context() throws -> PhoneContext {
        let networks = ["5g": Network.fiveG, "4g": .fourG, "3g": .threeG]
        let network = try self["network"].word.map { try networks[$0] ?? self["network"].named(Network.self) }
        return PhoneContext(
            place: self["place"].word,
            label: try self["label"].isThere ? self["label"].named(PlaceLabel.self) : nil,
            network: network,
            accessPoint: self["access_point"].word,
            battery: try self["battery"].isThere ? self["battery"].named(Battery.self) : nil,
            audio: try self["audio"].isThere ? self["audio"].named(Audio.self) : nil
        )
    }

    func event() throws -> Event {
        let slot =
            try self["slot"].isThere
            ? Slot(surface: self["slot"][0].text(), position: self["slot"][1].int()) : nil
        return Event(
            try self["event"].kind(),
            at: try self["at"].timestamp(),
            context: try self["context"].context(),
            slot: slot
        )
    }

    private func kind() throws -> EventKind {
        switch try self["kind"].text() {
        case "unlock": .unlock
        case "lock": .lock
        case "home": .home
        case "launch": .launch(try self["item"].item())
        case "close": .close(try self["item"].item())
        case "notification": .notification(try self["item"].item())
        case "notification_cleared": .notificationCleared(try self["item"].item())
        case "dismiss": .dismiss(item: try self["item"].item(), surface: try self["surface"].text())
        case "install": .install(try self["item"].item())
        case "uninstall": .uninstall(try self["item"].item())
        case "impression":
            .impression(
                item: try self["item"].item(),
                surface: try self["surface"].text(),
                position: try self["position"].int(),
                propensity: try self["propensity"].double()
            )
        case let kind: throw Missing(what: kind)
        }
    }

    func control() throws -> Control {
        switch try self["kind"].text() {
        case "exclude": .exclude(try self["item"].item())
        case "never_learn": .neverLearn(try self["item"].item())
        case "promote": .promote(try self["item"].item())
        case "pin": .pin(try self["item"].item(), position: try self["position"].int())
        case "half_life":
            .halfLife(try self["item"].isThere ? self["item"].item() : nil, days: try self["days"].int())
        case "hide_profile": .hideProfile(UInt32(try self["profile"].int()))
        case "pause_learning": .pauseLearning(until: try self["until"].timestamp())
        case "snooze":
            .snooze(
                try self["item"].item(),
                until: self["until"].word == "frequent" ? .frequent : .at(try self["until"].timestamp())
            )
        case let kind: throw Missing(what: kind)
        }
    }

    func request() throws -> Request {
        let exploration =
            try self["exploration"].isThere
            ? Exploration(share: self["exploration"][0].double(), seed: UInt64(self["exploration"][1].int())) : nil
        let usual = Request()
        return Request(
            moment: try self["moment"].named(Moment.self),
            at: try self["at"].timestamp(),
            context: try self["context"].context(),
            surface: self["surface"].word ?? usual.surface,
            limit: self["limit"].integer ?? usual.limit,
            candidates: try self["candidates"].isThere ? self["candidates"].list.map { try $0.item() } : nil,
            moveCost: self["move_cost"].number,
            exploration: exploration
        )
    }

    private func said<T>(_ value: T?) throws -> T {
        guard let value else { throw Missing(what: "\(T.self)") }
        return value
    }
}

/// The kept life has something else than was looked for.
struct Missing: Error {
    let what: String
}
