import Foundation
import Testing

@testable import Foretap

@Suite struct SurroundingsTests {
    private static let now = Date(timeIntervalSince1970: 1_770_019_200)
    private let pseudonyms = Pseudonyms(secret: Data(repeating: 3, count: 32))

    @Test("what is read is told, and what has no reading stays unknown")
    func readings() async {
        let all = surroundings(battery: .low, network: .fiveG, audio: .car, isSaving: true)
        #expect(await all.read() == PhoneContext(network: .fiveG, battery: .low, audio: .car))
        #expect(await all.isSavingPower())
        let none = surroundings()
        #expect(await none.read() == .unknown)
        #expect(await !none.isSavingPower())
        #expect(await KnownSurroundings().read() == .unknown)
        #expect(await !KnownSurroundings().isSavingPower())
        #expect(await KnownSurroundings { PhoneContext(battery: .high) }.read().battery == .high)
    }

    @Test("a place is the city bucket of a fresh position, and of an old one nothing")
    func places() async throws {
        let berlin = try pseudonyms.place(latitude: 52.52, longitude: 13.405)
        #expect(berlin.hasPrefix("city_"))
        #expect(await place(52.52, 13.405) == berlin)
        #expect(await place(52.52, 13.405, ageSeconds: 3_600) == berlin)
        #expect(await place(52.52, 13.405, ageSeconds: 3_601) == nil)
        // A clock that was set back is no reason to forget where the phone is.
        #expect(await place(52.52, 13.405, ageSeconds: -3_600) == berlin)
        // As coarse as iOS gives it.
        #expect(await place(52.5201, 13.4049) == berlin)
        #expect(await place(40.71, -74.0) != berlin)
    }

    @Test("a position that is none is no place", arguments: [(91.0, 0.0), (0, 181), (.nan, 0), (0, .infinity)])
    func noPlace(latitude: Double, longitude: Double) async {
        #expect(await place(latitude, longitude) == nil)
    }

    @Test("no text holds a position")
    func canaries() {
        let position = Position(latitude: 52.52, longitude: 13.405, date: Self.now)
        var dumped = ""
        dump(position, to: &dumped)
        for text in ["\(position)", String(reflecting: position), dumped] { #expect(!text.contains("52")) }
    }

    @Test("the network is told apart as far as the phone says")
    func networks() {
        let cases: [(NetworkPath, Network?)] = [
            (NetworkPath(isSatisfied: false), .offline),
            (NetworkPath(isSatisfied: false, usesWifi: true), .offline),
            (NetworkPath(isSatisfied: true, usesWifi: true), .wifi),
            (NetworkPath(isSatisfied: true, usesWifi: true, usesCellular: true), .wifi),
            (NetworkPath(isSatisfied: true), nil),
            (cellular(nil), .cellular),
            (cellular("CTRadioAccessTechnologyNR"), .fiveG),
            (cellular("CTRadioAccessTechnologyNRNSA"), .fiveG),
            (cellular("CTRadioAccessTechnologyLTE"), .fourG),
            (cellular("CTRadioAccessTechnologyWCDMA"), .threeG),
            (cellular("CTRadioAccessTechnologyHSDPA"), .threeG),
            (cellular("CTRadioAccessTechnologyHSUPA"), .threeG),
            (cellular("CTRadioAccessTechnologyCDMAEVDORev0"), .threeG),
            (cellular("CTRadioAccessTechnologyCDMAEVDORevA"), .threeG),
            (cellular("CTRadioAccessTechnologyCDMAEVDORevB"), .threeG),
            (cellular("CTRadioAccessTechnologyeHRPD"), .threeG),
            (cellular("CTRadioAccessTechnologyEdge"), .cellular),
            (cellular("CTRadioAccessTechnologyGPRS"), .cellular),
            (cellular("CTRadioAccessTechnologyCDMA1x"), .cellular),
            (cellular("of the future"), .cellular),
        ]
        for (path, network) in cases { #expect(path.network == network, "\(path)") }
    }

    @Test("before the system tells of a path the phone is not offline but unknown, and the first one is waited for")
    func firstPath() async throws {
        #expect(await LastNetwork().network() == nil)
        let last = LastNetwork(patience: .seconds(60))
        let asked = Task { await last.network() }
        try await Task.sleep(for: .milliseconds(10))
        last.keep(NetworkPath(isSatisfied: true, usesWifi: true))
        #expect(await asked.value == .wifi)
        last.keep(NetworkPath(isSatisfied: false))
        #expect(await last.network() == .offline)
    }

    @Test("only who links ForetapLocation links Core Location")
    func location() throws {
        let sources = source("bindings/swift/Sources")
        let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        var importing: Set<String> = []
        for case let file as URL in files where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            guard text.contains("import CoreLocation") || text.contains("CLLocation") else { continue }
            importing.insert(file.deletingLastPathComponent().lastPathComponent)
        }
        #expect(importing == ["ForetapLocation"])
    }

    private func cellular(_ radio: String?) -> NetworkPath {
        NetworkPath(isSatisfied: true, usesCellular: true, radio: radio)
    }

    private func place(_ latitude: Double, _ longitude: Double, ageSeconds: TimeInterval = 0) async -> String? {
        let date = Self.now.addingTimeInterval(-ageSeconds)
        return await surroundings(at: Position(latitude: latitude, longitude: longitude, date: date)).read().place
    }

    private func surroundings(
        battery: Battery? = nil,
        network: Network? = nil,
        audio: Audio? = nil,
        isSaving: Bool? = nil,
        at position: Position? = nil
    ) -> PhoneSurroundings {
        PhoneSurroundings(
            pseudonyms,
            battery: battery.map(Fake.init),
            power: isSaving.map(Fake.init),
            network: network.map(Fake.init),
            position: position.map(Fake.init),
            audio: audio.map(Fake.init),
            now: { Self.now }
        )
    }
}

/// A reading that says what a test wants.
private struct Fake<Value: Sendable>: Sendable {
    let value: Value

    init(_ value: Value) {
        self.value = value
    }
}

extension Fake: BatteryReading where Value == Battery {
    func battery() async -> Battery? { value }
}

extension Fake: PowerReading where Value == Bool {
    func isSavingPower() async -> Bool { value }
}

extension Fake: NetworkReading where Value == Network {
    func network() async -> Network? { value }
}

extension Fake: PositionReading where Value == Position {
    func position() async -> Position? { value }
}

extension Fake: AudioReading where Value == Audio {
    func audio() async -> Audio? { value }
}
