/// Something the person can do next: an action of the host app, such as "reorder" or "open tickets".
///
/// The same id in two profiles is two items. The id is checked when the item is first used.
public struct Item: Hashable, Codable, Sendable {
    /// 1 to 256 bytes of UTF-8 without control characters.
    public var id: String
    /// 0 for the main profile; a host with several accounts can give each a number.
    public var profile: UInt32

    /// An item.
    public init(_ id: String, profile: UInt32 = 0) {
        self.id = id
        self.profile = profile
    }
}
