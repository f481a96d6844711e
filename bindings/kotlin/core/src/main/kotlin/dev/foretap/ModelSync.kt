package dev.foretap

/**
 * One run that gives the phone the model that it is to have. It has no network: it says what to fetch and is told what
 * came. The module `foretap-sync` carries runs out in the background; a host with a transport of its own does it so:
 *
 * ```
 * foretap.beginModelSync(root).use { sync ->
 *     while (true) {
 *         val file = sync.next() ?: break
 *         val bytes = download(file.path, file.maxBytes)
 *         if (bytes == null) sync.absent(Absence.UNREACHABLE) else if (sync.received(bytes)) sync.completed()
 *     }
 *     sync.finish()
 * }
 * ```
 *
 * Nothing that comes is used before its signatures are verified. Rankings are asked for and answered meanwhile, by the
 * model before.
 *
 * Calls come one at a time, from any thread but the main one: [next], [received], [completed] and [absent] compute for
 * some milliseconds at most, and touch neither the storage nor the network. Every function throws
 * [ForetapException.Internal] for a defect of this library.
 */
public interface ModelSync : AutoCloseable {
    /** The file to fetch now; `null` if there is nothing more to fetch, and [finish] is to be called. */
    public fun next(): WantedFile?

    /**
     * Takes the next bytes of the file that [next] named, in order and without gaps.
     *
     * @return whether more of it is wanted; after `false` [next] is to be asked.
     */
    public fun received(chunk: ByteArray): Boolean

    /** The file has ended, and all of it was received. */
    public fun completed()

    /** The file did not come, or not whole. */
    public fun absent(absence: Absence)

    /**
     * Ends the run: keeps what is believed, rehearses a model that came on the phone's own log, which takes a second or
     * two and holds no ranking up, and lets it answer or gives it back. Can be called once. A coroutine that is
     * cancelled does not take back what was begun.
     *
     * @throws ForetapException.Closed if it was called before, or after [close], or the [Foretap] was closed.
     * @throws ForetapException.Transient if the storage is busy or full: the model before answers, and the next run
     * goes on from what was fetched.
     * @throws ForetapException.Damaged likewise; open the log again.
     */
    public suspend fun finish(): ModelSyncReport

    /**
     * Ends the run without a rehearsal, unless it was finished: what was fetched is kept for the next one. May be
     * called again. Blocks for some milliseconds, and while another call of the [Foretap] is running.
     *
     * @throws ForetapException.Transient if the storage is busy or full: the next run fetches again.
     * @throws ForetapException.Damaged likewise; open the log again.
     */
    override fun close()

    public companion object {
        /** The channel of releases that are for everyone. */
        public const val STABLE: String = "stable"
    }
}
