package dev.foretap


/**
 * A place in a row of predictions.
 *
 * @property surface where the row is shown; 1 to 64 bytes.
 * @property position the place in the row, 0 to 255.
 */
public data class Slot(val surface: String, val position: Int)
