package dev.foretap


/**
 * How a log is kept. The defaults are what a phone wants.
 *
 * @property clock where "now" comes from.
 * @property durability how safely an event is stored before it counts as recorded.
 * @property retentionDays events older than this many days are deleted by [Foretap.maintain], 1 to 65,535.
 * @property retentionBytes the oldest events are deleted when the log grows beyond this many bytes.
 * @property model which model corrects the statistics.
 */
public data class ForetapOptions(
    val clock: WallClock = WallClock.SYSTEM,
    val durability: Durability = Durability.NORMAL,
    val retentionDays: Int = 90,
    val retentionBytes: Long = 64L shl 20,
    val model: ModelChoice = ModelChoice.Shipped,
)
