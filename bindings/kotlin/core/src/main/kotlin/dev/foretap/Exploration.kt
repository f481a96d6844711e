package dev.foretap


/**
 * How often a slot shows something else, so that the log can tell how other rankings would have done.
 *
 * @property share the share of rows, 0 to 1.
 * @property seed a random number, another one for each row that is shown.
 */
public data class Exploration(val share: Double, val seed: Long)
