package dev.foretap.sync

/** Opens the session of one run. */
public fun interface SyncSessionFactory {
    /**
     * A session that nobody else uses; the caller closes it.
     *
     * Called off the main thread. An exception ends the run as [SyncReason.SESSION_ERROR]; its message is dropped.
     */
    public suspend fun open(): SyncSession
}
