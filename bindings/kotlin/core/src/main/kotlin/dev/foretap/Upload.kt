package dev.foretap

/**
 * One run that sends what the person allowed, and what is to be erased. It has no network: it says what to send and is
 * told what the server said. The module `foretap-sync` carries runs out in the background; a host with a transport of
 * its own does it so:
 *
 * ```
 * foretap.beginUpload().use { upload ->
 *     while (true) {
 *         val post = upload.next() ?: break
 *         when (send(post.path, post.id, post.body)) {
 *             200, 202 -> upload.taken()
 *             422 -> upload.refused()
 *             else -> upload.failed()
 *         }
 *     }
 *     upload.finish()
 * }
 * ```
 *
 * Calls come one at a time, from any thread; [next], [taken], [refused] and [failed] touch neither the storage nor the
 * network. Every function throws [ForetapException.Internal] for a defect of this library.
 */
public interface Upload : AutoCloseable {
    /**
     * What to send now, the same until it is answered; `null` if there is nothing more to send, and [finish] is to be
     * called.
     */
    public fun next(): WantedPost?

    /** The server has it now, or had it before. */
    public fun taken()

    /** The server will never take it: a batch is not sent again. An erasure is asked for again by the next run. */
    public fun refused()

    /** It could not be sent: the run is over, and what is left waits for another. */
    public fun failed()

    /**
     * Ends the run, however far it came: what the server has is not sent again. Can be called once. A coroutine that is
     * cancelled does not take back what was begun.
     *
     * @throws ForetapException.Closed if it was called before, or after [close], or the [Foretap] was closed.
     * @throws ForetapException.Transient if the storage is busy or full: all of it is sent again by the next run, and
     * the server keeps it once.
     * @throws ForetapException.Damaged likewise; open the log again.
     */
    public suspend fun finish(): UploadReport

    /**
     * Ends the run as [finish] does, unless that was called. May be called again. Blocks for some milliseconds, and
     * while another call of the [Foretap] is running.
     *
     * @throws ForetapException.Transient as [finish].
     * @throws ForetapException.Damaged likewise; open the log again.
     */
    override fun close()
}
