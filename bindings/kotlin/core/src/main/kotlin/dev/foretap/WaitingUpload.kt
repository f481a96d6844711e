package dev.foretap

/**
 * A sealed batch that no server has taken yet: for a page that shows a person what is sent. Its text as an object says
 * nothing of what is in it.
 *
 * @property id its random name, 32 hexadecimal digits.
 * @property bytes exactly what is sent.
 * @property text every field of it in English, a line each, decoded from [bytes].
 */
public class WaitingUpload(public val id: String, public val bytes: ByteArray, public val text: String) {
    override fun toString(): String = "WaitingUpload(bytes=${bytes.size})"
}
