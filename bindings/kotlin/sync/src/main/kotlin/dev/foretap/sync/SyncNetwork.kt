package dev.foretap.sync

import androidx.work.Constraints
import androidx.work.NetworkType

/** Over which network to synchronise. */
public enum class SyncNetwork(private val type: NetworkType) {
    /** One that nobody pays for by the byte. */
    UNMETERED(NetworkType.UNMETERED),

    /** Any. */
    ANY(NetworkType.CONNECTED),
    ;

    internal fun require(constraints: Constraints.Builder): Constraints.Builder =
        constraints.setRequiredNetworkType(type)
}
