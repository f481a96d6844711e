package dev.foretap.sync

/** Is told how runs end: of periodic work WorkManager keeps no result. */
public fun interface SyncListener {
    /** A run ended, off the main thread. Of a cancelled run nothing is told. */
    public fun ended(outcome: SyncOutcome)
}
