package dev.foretap

/**
 * What an [Upload] wants to be sent. At every try it is the same [id] with the same [body].
 *
 * @property path where to, below the server's address.
 * @property id 32 hexadecimal digits, for the header `Idempotency-Key`.
 * @property body what is sent, 1 to 262,144 bytes.
 */
public class WantedPost(public val path: String, public val id: String, public val body: ByteArray) {
    override fun toString(): String = "WantedPost(bytes=${body.size})"
}
