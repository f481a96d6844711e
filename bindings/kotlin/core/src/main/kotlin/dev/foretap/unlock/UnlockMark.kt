package dev.foretap.unlock


/**
 * A station on the way from the unlock to the drawn row.
 *
 * @property budgetMs by when it should be reached, in milliseconds after the unlock.
 */
public enum class UnlockMark(public val budgetMs: Long) {
    /** The unlock was heard of, and the ranking asked for. */
    REQUESTED(0),

    /** The ranking is there. */
    INFERRED(10),

    /** The host has it. */
    DELIVERED(50),

    /** It is on the screen. */
    DRAWN(100),
}
