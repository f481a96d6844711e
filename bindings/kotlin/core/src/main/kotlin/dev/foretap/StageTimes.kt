package dev.foretap


/**
 * How long a ranking took, in nanoseconds. One that was prepared only takes finding and formatting.
 *
 * @property retrievalNs finding the candidates.
 * @property featuresNs statistics and the model's features.
 * @property inferenceNs the model.
 * @property formattingNs ordering, reasons, names.
 */
public data class StageTimes(
    val retrievalNs: Long,
    val featuresNs: Long,
    val inferenceNs: Long,
    val formattingNs: Long,
) {
    /** All stages together, in nanoseconds. */
    public val totalNs: Long get() = retrievalNs + featuresNs + inferenceNs + formattingNs
}
