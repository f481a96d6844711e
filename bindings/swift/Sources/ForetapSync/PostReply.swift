/// What the server did with a batch.
public enum PostReply: Sendable, Hashable, CaseIterable {
    /// Stored now (HTTP 202).
    case accepted

    /// Stored before, with the same bytes (HTTP 200).
    case alreadyAccepted

    /// Another batch has this id, or this one cannot be read: it will never be stored (HTTP 422).
    case conflict
}
