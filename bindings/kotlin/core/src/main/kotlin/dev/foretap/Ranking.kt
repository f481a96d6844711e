package dev.foretap


/**
 * The answer to a [Request].
 *
 * @property predictions the row, slot by slot. Once a row was [shown][Foretap.shown], an item moves only where the gain
 * exceeds the cost of moving; pinned items stand at their places.
 * @property moment the moment it is for.
 * @property surface where it is shown.
 * @property answeredBy what gave the answer.
 * @property model name and version of the model that took part.
 * @property isPrepared whether it was computed ahead.
 * @property stages how long this call took.
 */
public data class Ranking(
    val predictions: List<Prediction>,
    val moment: Moment,
    val surface: String,
    val answeredBy: AnsweredBy,
    val model: String?,
    val isPrepared: Boolean,
    val stages: StageTimes,
) {
    /** The items of the row, in order. */
    public val items: List<Item> get() = predictions.map { it.item }
}
