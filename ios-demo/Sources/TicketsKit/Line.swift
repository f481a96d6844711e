/// A label and what belongs to it.
public struct Line: Hashable, Sendable {
    /// What it is.
    public let label: String
    /// What it says.
    public let value: String

    init(_ label: String, _ value: String) {
        self.label = label
        self.value = value
    }
}
