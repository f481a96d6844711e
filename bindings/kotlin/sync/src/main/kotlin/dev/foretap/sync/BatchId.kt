package dev.foretap.sync

/**
 * The random 128-bit name of a batch, fixed when it was sealed.
 *
 * @property hex 32 lower-case hexadecimal digits.
 * @throws IllegalArgumentException for anything else.
 */
public class BatchId(public val hex: String) {
    init {
        require(HEX.matches(hex)) { "a batch id is 32 lower-case hexadecimal digits" }
    }

    override fun equals(other: Any?): Boolean = other is BatchId && other.hex == hex

    override fun hashCode(): Int = hex.hashCode()

    override fun toString(): String = "BatchId"

    private companion object {
        val HEX = Regex("[0-9a-f]{32}")
    }
}
