package dev.foretap


/**
 * Where parts that the system starts by itself (a worker, a notification listener) find the one [Foretap] of the app. The
 * host's `Application` implements it:
 *
 * ```
 * class App : Application(), ForetapProvider {
 *     private val opened = MainScope().async(start = CoroutineStart.LAZY) { Foretap.open(this@App) }
 *     override suspend fun foretap() = opened.await()
 * }
 * ```
 */
public interface ForetapProvider {
    /** The app's [Foretap], opened at the first call. */
    public suspend fun foretap(): Foretap
}
