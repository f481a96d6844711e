/// What an export holds. No number tells what it is about.
public struct Exported: Hashable, Sendable {
    /// Events written.
    public let events: Int
    /// Decisions written.
    public let controls: Int
    /// Events left out, because they are about items that the person excluded or hid.
    public let leftOut: Int
    /// The size of the export.
    public let bytes: Int
}
