package dev.foretap


/**
 * What opens a log and names places in it. All of it is random, secret, and the same at every open.
 *
 * @param key the 32 bytes that the log is encrypted under.
 * @param salt the 16 bytes that SQLCipher would otherwise keep in the file, where a power cut can tear them.
 * @param pseudonymSecret the 32 bytes that [Pseudonyms] are made with.
 * @throws ForetapException.InvalidArgument if one has another length.
 */
public class LogKeys(key: ByteArray, salt: ByteArray, pseudonymSecret: ByteArray) {
    internal val key = key.copyOf()
    internal val salt = salt.copyOf()
    internal val pseudonymSecret = pseudonymSecret.copyOf()

    init {
        val lengths = Triple(key.size, salt.size, pseudonymSecret.size)
        if (lengths != Triple(KEY_BYTES, SALT_BYTES, SECRET_BYTES)) {
            throw ForetapException.InvalidArgument("a log's key has 32 bytes, its salt 16, its secret 32")
        }
    }

    /** Overwrites the bytes. */
    internal fun wipe() {
        key.fill(0)
        salt.fill(0)
        pseudonymSecret.fill(0)
    }

    public companion object {
        /** The length of a key. */
        public const val KEY_BYTES: Int = 32

        /** The length of a salt. */
        public const val SALT_BYTES: Int = 16

        /** The length of a secret for pseudonyms. */
        public const val SECRET_BYTES: Int = 32
    }
}
