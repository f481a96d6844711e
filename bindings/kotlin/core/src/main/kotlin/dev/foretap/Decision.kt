package dev.foretap


/**
 * A decision that counts.
 *
 * @property id the number to undo it by; an import gives new numbers.
 * @property at when it was made.
 * @property control what was decided.
 */
public data class Decision(val id: Long, val at: Timestamp, val control: Control)
