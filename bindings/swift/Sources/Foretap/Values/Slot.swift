/// A place in a row of predictions.
public struct Slot: Hashable, Sendable {
    /// Where the row is shown; 1 to 64 bytes.
    public var surface: String
    /// The place in the row, 0 to 255.
    public var position: Int

    /// A place in a row.
    public init(surface: String, position: Int) {
        self.surface = surface
        self.position = position
    }
}
