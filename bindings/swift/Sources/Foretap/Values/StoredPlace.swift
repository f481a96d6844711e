/// A place where something is stored.
public struct StoredPlace: Hashable, Sendable {
    /// A table, a file, a message.
    public let name: String
    /// Where it lies and how it is protected.
    public let lies: String
    /// What is in it.
    public let fields: [StoredField]
}
