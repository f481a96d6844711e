package dev.foretap


/**
 * One reason of a prediction.
 *
 * @property code what it says.
 * @property weight how much it weighed, in nats of log-odds against the other candidates.
 */
public data class Reason(val code: ReasonCode, val weight: Double)
