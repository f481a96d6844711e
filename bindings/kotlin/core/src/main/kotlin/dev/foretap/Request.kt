package dev.foretap


/**
 * A question for a ranking.
 *
 * @property moment what is about to happen.
 * @property at when; `null` for now.
 * @property context in which surroundings.
 * @property surface where the ranking is shown; 1 to 64 bytes.
 * @property limit the most predictions, 1 to 64.
 * @property candidates only of these items, at most 4,096; those never opened are offered too, in this order.
 * @property moveCost what it costs that an icon moves, in chances of being opened, 0 to 1; 0.02 where `null`.
 * @property exploration whether now and then a slot shows something else.
 */
public data class Request(
    val moment: Moment = Moment.UNLOCK,
    val at: Timestamp? = null,
    val context: PhoneContext = PhoneContext.UNKNOWN,
    val surface: String = "main",
    val limit: Int = 5,
    val candidates: List<Item>? = null,
    val moveCost: Double? = null,
    val exploration: Exploration? = null,
)
