package dev.foretap


/**
 * A predicted item.
 *
 * @property item the item.
 * @property probability how likely it is the one opened next, 0 to 1; of those with 0.3 three in ten come true.
 * @property reasons why it is here, the strongest first; never empty. [Foretap.why] says them.
 * @property propensity how likely a ranking for the same request was to show it at this place, above 0, at most 1.
 */
public data class Prediction(
    val item: Item,
    val probability: Double,
    val reasons: List<Reason>,
    val propensity: Double,
)
