// The module and its class have one name, so that `Foretap.Item` is looked for in the class: there it is, for hosts that
// have an `Item` of their own.

/// ``Item``, for those who have another.
public typealias ForetapItem = Item
/// ``Event``, for those who have another.
public typealias ForetapEvent = Event
/// ``Request``, for those who have another.
public typealias ForetapRequest = Request
/// ``Control``, for those who have another.
public typealias ForetapControl = Control
/// ``Health``, for those who have another.
public typealias ForetapHealth = Health
/// ``Network``, for those who have another.
public typealias ForetapNetwork = Network

extension Foretap {
    /// The package's `Item`.
    public typealias Item = ForetapItem
    /// The package's `Event`.
    public typealias Event = ForetapEvent
    /// The package's `Request`.
    public typealias Request = ForetapRequest
    /// The package's `Control`.
    public typealias Control = ForetapControl
    /// The package's `Health`.
    public typealias Health = ForetapHealth
    /// The package's `Network`.
    public typealias Network = ForetapNetwork
}
