package dev.foretap.usage

/** What became of reading the phone's usage log. */
public sealed interface Collected {
    /**
     * The log was read.
     *
     * @property told events that it gave.
     * @property added those of them that were new and may be learned.
     */
    public data class Events(val told: Int, val added: Long) : Collected

    /** The person has not granted it, or has taken it back ([UsageAccess]). Nothing was read. */
    public data object Refused : Collected

    /** The person's profile is locked, as after a restart of the phone. Nothing was read; a later try can succeed. */
    public data object Locked : Collected

    /** This app runs in the private space, of which nothing is ever read. */
    public data object PrivateSpace : Collected
}
