package dev.foretap


/**
 * Shares of openings, 0 to 1.
 *
 * @property at1 that were predicted first.
 * @property at3 that were among the first three.
 */
public data class HitRate(val at1: Double, val at3: Double)
