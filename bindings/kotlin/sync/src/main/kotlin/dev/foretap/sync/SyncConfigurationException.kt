package dev.foretap.sync

/**
 * A [SyncServer] that cannot be used. The message does not repeat what was given.
 *
 * @property problem what is wrong with it.
 */
public class SyncConfigurationException internal constructor(public val problem: Problem) :
    IllegalArgumentException(problem.sentence) {
        /** What can be wrong. */
        public enum class Problem(internal val sentence: String) {
            /** Not an address at all. */
            NOT_AN_ADDRESS("the address of the server cannot be read"),

            /** An address with another scheme. */
            NOT_HTTPS("the address of the server must begin with https"),

            /** An address with a user, a password, a query or a fragment. */
            MORE_THAN_AN_ADDRESS("the address of the server must be a host and a path alone"),

            /** No pin: any certificate authority of the phone could then stand in for the server. */
            NO_PINS("at least one certificate pin is needed"),

            /** A pin that is not `sha256/` and 32 bytes in Base64. */
            NOT_A_PIN("a certificate pin is sha256/ and 32 bytes in Base64"),
        }
    }
