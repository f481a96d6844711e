package dev.foretap.usage

/**
 * A line of the phone's usage log, as far as it is used.
 *
 * @property atMs when, in UTC epoch milliseconds.
 * @property name the package.
 * @property activity the activity of it, where the log says.
 * @property role what the package is to the person.
 */
internal data class UsageEntry(
    val atMs: Long,
    val meaning: Meaning,
    val name: String,
    val role: Role,
    val activity: String? = null,
)
