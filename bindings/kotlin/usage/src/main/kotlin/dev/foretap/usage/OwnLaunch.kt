package dev.foretap.usage

import dev.foretap.EventKind

/**
 * Something that the host opened itself and recorded. Which app is not kept.
 *
 * @property atMs when, in UTC epoch milliseconds.
 * @property twinMs when the phone's log says it was opened, once that was found.
 */
internal data class OwnLaunch(val atMs: Long, val twinMs: Long? = null) {
    /** The same on a clock that was set by [ms]. */
    fun movedBy(ms: Long): OwnLaunch = OwnLaunch(atMs + ms, twinMs?.plus(ms))

    companion object {
        /** An activity comes to the front this much before the host has noted the time, at most. */
        private const val EARLY_MS = 1_000L

        /** And this much later, where the app takes its time. */
        private const val LATE_MS = 5_000L

        /** The same launches with their twins among the events of the phone's log, as far as they are in it. */
        fun paired(launches: List<OwnLaunch>, events: List<Pair<Long, EventKind>>): List<OwnLaunch> {
            val taken = launches.mapNotNull { it.twinMs }.toMutableSet()
            val openedMs = events.filter { it.second is EventKind.Launch }.map { it.first }
            return launches.map { launch ->
                if (launch.twinMs != null) return@map launch
                val twinMs =
                    openedMs.find { it - launch.atMs in -EARLY_MS..LATE_MS && it !in taken } ?: return@map launch
                taken += twinMs
                launch.copy(twinMs = twinMs)
            }
        }
    }
}
