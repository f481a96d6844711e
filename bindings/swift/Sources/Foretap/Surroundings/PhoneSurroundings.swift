import Foundation

/// Surroundings put together from readings, each of which may be left out.
///
/// On iOS `PhoneSurroundings(foretap.pseudonyms)` has all of them but the place, and
/// `PhoneSurroundings(foretap.pseudonyms, position: SystemPosition())` that too: `SystemPosition` is of the product
/// ForetapLocation, so that only who wants the place links Core Location. They ask the person for nothing; what the app may
/// not know stays unknown:
///
/// | what | needs |
/// | --- | --- |
/// | battery, Low Power Mode, network, audio | nothing |
/// | place | `NSLocationWhenInUseUsageDescription` and the person's consent, which the host asks for; reduced accuracy is enough |
///
/// A position becomes a city bucket under this phone's secret before it goes anywhere; one that is more than an hour old
/// is none.
public struct PhoneSurroundings: Surroundings {
    private static let oldestPosition: TimeInterval = 3_600

    private let pseudonyms: Pseudonyms
    private let battery: (any BatteryReading)?
    private let power: (any PowerReading)?
    private let network: (any NetworkReading)?
    private let position: (any PositionReading)?
    private let audio: (any AudioReading)?
    private let now: @Sendable () -> Date

    /// Surroundings of these readings; what has none stays unknown.
    public init(
        _ pseudonyms: Pseudonyms,
        battery: (any BatteryReading)?,
        power: (any PowerReading)?,
        network: (any NetworkReading)?,
        position: (any PositionReading)?,
        audio: (any AudioReading)?,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.pseudonyms = pseudonyms
        self.battery = battery
        self.power = power
        self.network = network
        self.position = position
        self.audio = audio
        self.now = now
    }

    /// What is known now.
    public func read() async -> PhoneContext {
        // At once: some wait for the main thread, which is busy when a phone wakes up.
        async let place = place()
        async let network = network?.network()
        async let battery = battery?.battery()
        async let audio = audio?.audio()
        return await PhoneContext(place: place, network: network, battery: battery, audio: audio)
    }

    /// Whether the phone saves power.
    public func isSavingPower() async -> Bool {
        await power?.isSavingPower() ?? false
    }

    private func place() async -> String? {
        guard let position = await position?.position(),
            now().timeIntervalSince(position.date) <= Self.oldestPosition
        else { return nil }
        return try? pseudonyms.place(latitude: position.latitude, longitude: position.longitude, granularity: .city)
    }
}
