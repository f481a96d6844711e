package dev.foretap.sync

/**
 * All that a run needs from the host.
 *
 * @property server with whom.
 * @property sessions what; [ModelSessions] for models.
 * @property listener who is told how each run ended.
 */
public class SyncSetup(
    public val server: SyncServer,
    public val sessions: SyncSessionFactory,
    public val listener: SyncListener = SyncListener { },
)
