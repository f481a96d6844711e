/// What an import brought. No number tells what it is about.
public struct Imported: Hashable, Sendable {
    /// Events that were not here.
    public let added: Int
    /// Events that were here already.
    public let known: Int
    /// Events left out, because nothing about their items is to be stored here.
    public let leftOut: Int
    /// Events that were here and not in the import, learned again on top of it.
    public let onTop: Int
    /// Decisions now.
    public let controls: Int
}
