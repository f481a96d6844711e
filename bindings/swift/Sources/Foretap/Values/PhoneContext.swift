/// What is known of the phone's surroundings at a moment. Everything is optional; unknown stays unknown.
public struct PhoneContext: Hashable, Sendable {
    /// An opaque place of at most 64 bytes, such as the city bucket of ``Pseudonyms/place(latitude:longitude:granularity:)``.
    public var place: String?
    /// What the place means to the person, where the host knows.
    public var label: PlaceLabel?
    /// The kind of connection.
    public var network: Network?
    /// An opaque name of the Wi-Fi access point, as of ``Pseudonyms/token(label:text:)``; at most 64 bytes.
    public var accessPoint: String?
    /// The battery's category.
    public var battery: Battery?
    /// Where sound goes.
    public var audio: Audio?

    /// Surroundings; what is not said is unknown.
    public init(
        place: String? = nil,
        label: PlaceLabel? = nil,
        network: Network? = nil,
        accessPoint: String? = nil,
        battery: Battery? = nil,
        audio: Audio? = nil
    ) {
        self.place = place
        self.label = label
        self.network = network
        self.accessPoint = accessPoint
        self.battery = battery
        self.audio = audio
    }

    /// Nothing is known.
    public static let unknown = PhoneContext()
}
