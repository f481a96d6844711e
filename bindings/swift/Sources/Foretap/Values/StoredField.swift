/// Something that is stored.
public struct StoredField: Hashable, Sendable {
    /// Its name in the schema.
    public let name: String
    /// What it is.
    public let what: String
    /// How personal it is: `behaviour`, `place`, `decision`, `derived` or `technical`.
    public let sensitivity: String
    /// How long it stays.
    public let keeping: String
    /// Who reads it.
    public let readers: String
}
