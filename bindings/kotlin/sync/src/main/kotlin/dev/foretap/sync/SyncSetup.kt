package dev.foretap.sync

/**
 * All that a run needs from the host.
 *
 * @property server with whom.
 * @property sessions what; [ModelSessions] for models, [UploadSessions] for uploads.
 * @property listener who is told how each run ended.
 */
public class SyncSetup private constructor(
    public val server: SyncServer,
    public val sessions: SyncSessionFactory,
    public val listener: SyncListener,
    private val next: SyncSetup?,
) {
    /** What a run needs. */
    public constructor(
        server: SyncServer,
        sessions: SyncSessionFactory,
        listener: SyncListener = SyncListener { },
    ) : this(server, sessions, listener, next = null)

    /**
     * This, then [other], whatever became of this: models and uploads in one piece of work. Each has its own server and
     * tells its own listener. The work is tried again where one of them asks for it.
     */
    public fun then(other: SyncSetup): SyncSetup = SyncSetup(server, sessions, listener, next?.then(other) ?: other)

    /** One after the other. */
    internal val all: Sequence<SyncSetup> get() = generateSequence(this) { it.next }
}
