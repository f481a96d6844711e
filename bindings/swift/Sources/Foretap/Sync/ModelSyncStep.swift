/// What a ``ModelSync`` wants done.
public enum ModelSyncStep: Hashable, Sendable {
    /// Fetch a file from its first byte on. `path`: below the repository's address, names of letters, digits, `.`, `_` and
    /// `-` joined by `/`. `maxBytes`: a longer file is refused.
    case fetch(path: String, maxBytes: Int)
    /// Nothing more: call ``ModelSync/finish()``.
    case finish
}
