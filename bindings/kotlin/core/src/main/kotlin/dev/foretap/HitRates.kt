package dev.foretap


/**
 * How often what was opened was predicted.
 *
 * @property questions how many openings there were to predict.
 * @property foretap the rate of the predictions; `null` where there was nothing to predict.
 * @property bestRule that of the best simple rule (most used, most recent, ...), chosen after the fact.
 */
public data class HitRates(val questions: Long, val foretap: HitRate?, val bestRule: HitRate?)
