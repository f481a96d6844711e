package dev.foretap.sync

/**
 * One synchronisation, without input or output of its own: it says what to transfer and is told what came of it.
 *
 * The caller asks [next], carries the step out, and reports: for [SyncStep.Fetch] any number of [received], then
 * [fetched] or [failed]; for [SyncStep.Post] one [posted] or [failed]. Then it asks [next] again, until
 * [SyncStep.Done]. Calls come one at a time, from changing threads. [close] ends every session, after a cancellation
 * too, which is not reported: it comes when the network or the power that the schedule wants is lost, or after the ten
 * minutes that Android gives. What was received before it is the session's to keep and to resume from.
 */
public interface SyncSession : AutoCloseable {
    /** The step to carry out now. Can take seconds, where there is something to compute before it. */
    public suspend fun next(): SyncStep

    /**
     * Takes the next bytes of the body being fetched: in order, without gaps, [MAX_CHUNK_BYTES] at most, never more
     * in all than the step allowed.
     *
     * @return whether more of this body is wanted; after `false` the transfer ends and [next] is asked.
     */
    public fun received(chunk: ByteArray): Boolean

    /** The body being fetched has ended, and all of it was received. */
    public fun fetched()

    /** The server has answered a [SyncStep.Post]. */
    public fun posted(reply: PostReply)

    /** The step could not be carried out; of a body, none or some was received. */
    public fun failed(failure: TransportFailure)

    /** Frees what the session holds. */
    override fun close()

    public companion object {
        /** The most bytes that [received] is given at once. */
        public const val MAX_CHUNK_BYTES: Int = 16 * 1024
    }
}
