/// What came of an ``Upload``.
public struct UploadReport: Hashable, Sendable {
    /// Batches that the server has.
    public let taken: Int
    /// Batches that it will never take; they are not sent again.
    public let refused: Int
    /// Weeks that the server was told to erase.
    public let erasures: Int
    /// What waits for another run.
    public let left: Int
}
