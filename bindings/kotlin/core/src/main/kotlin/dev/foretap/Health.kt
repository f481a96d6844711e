package dev.foretap


/**
 * How the log, its habits and its predictions are. Numbers only: no item, place or token is in it.
 *
 * @property events events in the log.
 * @property bytes the size of the database in bytes, without its write-ahead log.
 * @property oldestMs the time of the oldest event, in UTC epoch milliseconds.
 * @property newestMs the time of the newest event, in UTC epoch milliseconds.
 * @property purged events that retention has deleted, ever.
 * @property resets how often a damaged log was set aside, or one was gone.
 * @property opened what opening found.
 * @property openings openings that were learned from.
 * @property items items that were ever opened, of those that are remembered.
 * @property model name and version of the model that ranks; `null` where none does.
 * @property modelRefused why the model was refused, where it was.
 * @property moments how good predictions are, at each moment.
 * @property computed how long rankings took that were computed when they were asked for.
 * @property prepared how long it took to find those that were prepared ahead.
 * @property text everything, for people, in English.
 * @property json everything, for machines.
 */
public data class Health(
    val events: Long,
    val bytes: Long,
    val oldestMs: Long?,
    val newestMs: Long?,
    val purged: Long,
    val resets: Long,
    val opened: OpenedLog,
    val openings: Long,
    val items: Long,
    val model: String?,
    val modelRefused: String?,
    val moments: Map<Moment, MomentHealth>,
    val computed: Durations,
    val prepared: Durations,
    val text: String,
    val json: String,
)
