import Foundation

/// The clock on the wall: where "now" comes from. The engine has none of its own, so that tests can hand it any.
public struct WallClock: Sendable {
    private let reading: @Sendable () -> Timestamp

    /// A clock that shows what `reading` says, on whatever thread it is asked.
    public init(_ reading: @escaping @Sendable () -> Timestamp) {
        self.reading = reading
    }

    /// Now.
    public func now() -> Timestamp { reading() }

    /// The phone's clock, in the zone that it is in at that moment.
    public static let system = WallClock { Timestamp(Date()) }
}
