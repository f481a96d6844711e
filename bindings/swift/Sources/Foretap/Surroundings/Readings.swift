import Foundation

/// Reads the battery.
public protocol BatteryReading: Sendable {
    /// Its category; `nil` where it is unknown.
    func battery() async -> Battery?
}

/// Knows of Low Power Mode.
public protocol PowerReading: Sendable {
    /// Whether the person, or a low battery, asked to save power.
    func isSavingPower() async -> Bool
}

/// Reads how the phone is connected.
public protocol NetworkReading: Sendable {
    /// The connection; `nil` where it is of another kind, or not known yet.
    func network() async -> Network?
}

/// Reads where the phone is.
public protocol PositionReading: Sendable {
    /// A position that the phone has anyway; `nil` where the app may not know, or nobody does.
    func position() async -> Position?
}

/// Reads where sound goes.
public protocol AudioReading: Sendable {
    /// The way; `nil` where it is unknown.
    func audio() async -> Audio?
}

/// A position on earth. It becomes a city bucket under the phone's secret before it goes anywhere, and is not kept.
public struct Position: Sendable, Hashable {
    /// Degrees, -90 to 90.
    public let latitude: Double
    /// Degrees, -180 to 180.
    public let longitude: Double
    /// When the phone was there.
    public let date: Date

    /// A position.
    public init(latitude: Double, longitude: Double, date: Date) {
        self.latitude = latitude
        self.longitude = longitude
        self.date = date
    }
}

extension Position: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Nothing of it.
    public var description: String { "Position(..)" }

    /// The same for debuggers.
    public var debugDescription: String { description }

    /// Nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
