package dev.foretap


/**
 * How good predictions at a moment are.
 *
 * @property week in the last 7 days.
 * @property month in the last 30 days.
 * @property trust how far the model is trusted: 0 not at all, 1 as it says, 1.5 at most; `null` without one.
 */
public data class MomentHealth(val week: HitRates, val month: HitRates, val trust: Double?)
