package dev.foretap.sync

/** What a [SyncSession] wants done. Its text names neither path nor content, so that a log can hold it. */
public sealed class SyncStep {
    /**
     * Fetch a file.
     *
     * @property path which one, below the server's address.
     * @property offset how many of its bytes are here already, 0 to [MAX_FILE_BYTES].
     * @property maxBytes how many bytes from [offset] on are accepted, 1 to [MAX_FILE_BYTES]; a longer body is refused,
     * before it is read where the server tells its length.
     * @throws IllegalArgumentException for a number outside these limits.
     */
    public class Fetch(public val path: SyncPath, public val offset: Long, public val maxBytes: Long) : SyncStep() {
        init {
            require(offset in 0..MAX_FILE_BYTES) { "offset must be 0 to $MAX_FILE_BYTES bytes" }
            require(maxBytes in 1..MAX_FILE_BYTES) { "maxBytes must be 1 to $MAX_FILE_BYTES" }
        }

        override fun toString(): String = "Fetch(offset=$offset, maxBytes=$maxBytes)"
    }

    /**
     * Send a batch. At every retry it is the same [id] with the same bytes: the server stores it once.
     *
     * @property path where to, below the server's address.
     * @property body what is sent, 1 to [MAX_BODY_BYTES] bytes; not to be changed afterwards.
     * @property id what the server knows the batch by.
     * @throws IllegalArgumentException for a body outside these limits.
     */
    public class Post(public val path: SyncPath, public val body: ByteArray, public val id: BatchId) : SyncStep() {
        init {
            require(body.size in 1..MAX_BODY_BYTES) { "a body must be 1 to $MAX_BODY_BYTES bytes" }
        }

        override fun toString(): String = "Post(bytes=${body.size})"
    }

    /**
     * Stop: all is done, or nothing more can be done now.
     *
     * @property outcome what came of it.
     */
    public class Done(public val outcome: SyncOutcome) : SyncStep() {
        override fun toString(): String = "Done($outcome)"
    }

    public companion object {
        /** The longest file that is fetched: 32 MiB, as for a signed model. */
        public const val MAX_FILE_BYTES: Long = 32L * 1024 * 1024

        /** The largest body that is sent: 256 KiB, as for a sealed batch. */
        public const val MAX_BODY_BYTES: Int = 256 * 1024
    }
}
