package dev.foretap.sync

import kotlin.time.Duration

/** How a run ended. */
public sealed class SyncOutcome {
    /**
     * All that was to be done is done.
     *
     * @property modelChanged whether the phone holds another model than before.
     */
    public data class Synced(public val modelChanged: Boolean) : SyncOutcome()

    /**
     * Not all is done; trying again later can help.
     *
     * @property reason what stood in the way.
     * @property retryAfter how long the server asked to be left alone, where it did.
     */
    public data class Postponed(public val reason: SyncReason, public val retryAfter: Duration? = null) : SyncOutcome()

    /**
     * Not all is done, and trying again soon cannot help.
     *
     * @property reason what stood in the way.
     */
    public data class Refused(public val reason: SyncReason) : SyncOutcome()
}

/** The outcome of several runs, one at least: what another attempt can help comes first, then what it cannot. */
internal fun List<SyncOutcome>.together(): SyncOutcome {
    val postponed = filterIsInstance<SyncOutcome.Postponed>()
    val longest = postponed.mapNotNull { it.retryAfter }.maxOrNull()
    return postponed.firstOrNull()?.copy(retryAfter = longest)
        ?: firstOrNull { it is SyncOutcome.Refused }
        ?: SyncOutcome.Synced(modelChanged = CHANGED in this)
}

private val CHANGED = SyncOutcome.Synced(modelChanged = true)
