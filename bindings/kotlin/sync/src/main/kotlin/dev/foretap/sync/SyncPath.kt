package dev.foretap.sync

/**
 * A file's place below the server's address: `root/3`, `timestamp`.
 *
 * Names of letters, digits, `.`, `_` and `-`, joined by `/`, none of them only dots, 1 to [MAX_LENGTH] characters: a
 * path can neither leave the address nor carry a query.
 *
 * @property value the path, without a leading slash.
 * @throws IllegalArgumentException for anything else; the message does not repeat it.
 */
public class SyncPath(public val value: String) {
    init {
        require(value.length <= MAX_LENGTH && value.split('/').all(::isName)) { "not a path" }
    }

    override fun equals(other: Any?): Boolean = other is SyncPath && other.value == value

    override fun hashCode(): Int = value.hashCode()

    override fun toString(): String = "SyncPath"

    public companion object {
        /** The longest path, in characters. */
        public const val MAX_LENGTH: Int = 256

        private val NAME = Regex("[A-Za-z0-9._-]+")

        private fun isName(segment: String) = NAME.matches(segment) && segment.any { it != '.' }
    }
}
