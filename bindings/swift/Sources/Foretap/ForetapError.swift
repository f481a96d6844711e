import Foundation

/// What went wrong. Messages hold no item, no place and no key.
public enum ForetapError: Error, Hashable, Sendable {
    /// An argument is outside its documented limits: nothing was done.
    case invalidArgument(String)
    /// The key is not the one that the log was made with. Nothing was changed.
    case keyMismatch(String)
    /// The keychain does not answer now: nothing was changed, and a later try can succeed.
    case keyUnavailable(String)
    /// The key is gone for good, so that nobody can read the log any more. Nothing was deleted:
    /// ``Foretap/eraseAt(_:keys:)`` makes room for a new one.
    case keyLost(String)
    /// The log or export was written by a newer version. Nothing was changed; update the library.
    case newer(String)
    /// Another process, or another ``Foretap`` of this one, has the log open.
    case inUse(String)
    /// The storage is busy, full, or failed: nothing of this call was kept, and a later try can succeed.
    case transient(String)
    /// The log is damaged; opening it again sets it aside and begins with what its snapshot knew.
    case damaged(String)
    /// The secret does not open this export.
    case wrongSecret(String)
    /// The file is no export, or one that was changed or cut off. Nothing was changed here.
    case badExport(String)
    /// The file of an export or import could not be written or read. Nothing was changed here.
    case file(String)
    /// The ``Foretap`` was closed or erased.
    case closed(String)
    /// A defect of this library. The next call works, and what was recorded before is kept.
    case `internal`(String)
    /// The storage gave an answer that nobody expected.
    case other(String)
}

extension ForetapError: LocalizedError, CustomStringConvertible {
    /// What went wrong, in English.
    public var description: String {
        switch self {
        case .invalidArgument(let words), .keyMismatch(let words), .keyUnavailable(let words), .keyLost(let words),
            .newer(let words), .inUse(let words), .transient(let words), .damaged(let words), .wrongSecret(let words),
            .badExport(let words), .file(let words), .closed(let words), .internal(let words), .other(let words):
            words
        }
    }

    /// The same, where errors are shown.
    public var errorDescription: String? { description }
}
