package dev.foretap

/**
 * Where parts that the system starts by itself (a worker, a notification listener) find the one [Foretap] of the app.
 * The host's `Application` implements it:
 *
 * ```
 * class App : Application(), ForetapProvider {
 *     private val turn = Mutex()
 *     private var opened: Foretap? = null
 *
 *     // A failure is not kept: the next call tries again.
 *     override suspend fun foretap() = turn.withLock { opened ?: Foretap.open(this).also { opened = it } }
 *
 *     suspend fun erase() = turn.withLock {
 *         opened?.erase() ?: Foretap.eraseAt(this)
 *         opened = null
 *     }
 * }
 * ```
 */
public fun interface ForetapProvider {
    /** The app's [Foretap], opened at the first call. */
    public suspend fun foretap(): Foretap
}
