import Foundation

/// What an ``Upload`` wants done.
public enum UploadStep: Hashable, Sendable {
    /// Send `body` to `path`, below the server's address. `id`: 32 hexadecimal digits, for the header `Idempotency-Key`. At
    /// every try both are the same.
    case post(path: String, id: String, body: Data)
    /// Nothing more: call ``Upload/finish()``.
    case finish
}
