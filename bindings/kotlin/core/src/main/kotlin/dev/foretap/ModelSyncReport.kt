package dev.foretap

/**
 * What came of a [ModelSync].
 *
 * @property ending how it ended.
 * @property refusal why a file was refused, in English and without names or addresses; `null` if none was.
 * @property conclusion what a rehearsal led to; `null` if there was none.
 * @property modelChanged whether another model answers now than before the run.
 * @property release the version of the newest release that is believed; `null` before the first.
 * @property model name and version of the model that answers; `null` if the statistics answer alone.
 */
public data class ModelSyncReport(
    val ending: ModelSyncEnding,
    val refusal: String?,
    val conclusion: ModelSyncConclusion?,
    val modelChanged: Boolean,
    val release: Long?,
    val model: String?,
)
