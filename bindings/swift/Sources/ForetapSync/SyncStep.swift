import Foretap
import Foundation

/// What a ``SyncSession`` wants done. Its text names neither path nor content, so that a log can hold it.
public enum SyncStep: Sendable {
    /// Fetch a file.
    case fetch(Fetch)

    /// Send a batch. At every retry it is the same id with the same bytes: the server stores it once.
    case post(Post)

    /// Stop: all is done, or nothing more can be done now.
    case done(SyncOutcome)

    /// The longest file that is fetched: 32 MiB, as for a signed model.
    public static let maxFileBytes = 32 * 1_024 * 1_024

    /// The largest body that is sent: 256 KiB, as for a sealed batch.
    public static let maxBodyBytes = 256 * 1_024

    /// The most bytes that ``SyncSession/received(_:)`` is given at once: 16 KiB.
    public static let maxChunkBytes = 16 * 1_024
}

extension SyncStep {
    /// A file to fetch.
    public struct Fetch: Sendable, Hashable {
        /// Which one, below the server's address.
        public let path: SyncPath

        /// How many of its bytes are here already, 0 to ``SyncStep/maxFileBytes``.
        public let offset: Int

        /// How many bytes from ``offset`` on are accepted, 1 to ``SyncStep/maxFileBytes``; a longer body is refused,
        /// before it is read where the server tells its length.
        public let maxBytes: Int

        /// A file to fetch.
        ///
        /// - Throws: `ForetapError.invalidArgument` for a number outside its limits.
        public init(_ path: SyncPath, offset: Int = 0, maxBytes: Int) throws {
            guard (0...maxFileBytes).contains(offset) else {
                throw ForetapError.invalidArgument("offset must be 0 to \(maxFileBytes) bytes")
            }
            guard (1...maxFileBytes).contains(maxBytes) else {
                throw ForetapError.invalidArgument("maxBytes must be 1 to \(maxFileBytes)")
            }
            self.path = path
            self.offset = offset
            self.maxBytes = maxBytes
        }
    }

    /// A batch to send.
    public struct Post: Sendable, Hashable {
        /// Where to, below the server's address.
        public let path: SyncPath

        /// What is sent, 1 to ``SyncStep/maxBodyBytes`` bytes.
        public let body: Data

        /// What the server knows the batch by.
        public let id: BatchId

        /// A batch to send.
        ///
        /// - Throws: `ForetapError.invalidArgument` for a body outside its limits.
        public init(_ path: SyncPath, body: Data, id: BatchId) throws {
            guard (1...maxBodyBytes).contains(body.count) else {
                throw ForetapError.invalidArgument("a body must be 1 to \(maxBodyBytes) bytes")
            }
            self.path = path
            self.body = body
            self.id = id
        }
    }
}

extension SyncStep.Fetch: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The numbers alone.
    public var description: String { "Fetch(offset: \(offset), maxBytes: \(maxBytes))" }

    /// As ``description``.
    public var debugDescription: String { description }

    /// Nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

extension SyncStep.Post: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The number of bytes alone.
    public var description: String { "Post(bytes: \(body.count))" }

    /// As ``description``.
    public var debugDescription: String { description }

    /// Nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
