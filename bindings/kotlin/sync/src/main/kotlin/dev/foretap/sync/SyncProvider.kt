package dev.foretap.sync

/**
 * What the host's `Application` implements: the system starts [SyncWorker] in a process that nobody prepared, and the
 * worker asks here.
 */
public interface SyncProvider {
    /** What to synchronise with whom. Read once a run, off the main thread. */
    public val sync: SyncSetup
}
