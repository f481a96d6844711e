package dev.foretap.notifications

import android.util.Log
import dev.foretap.Event
import dev.foretap.Foretap
import dev.foretap.ForetapException
import dev.foretap.ForetapProvider
import dev.foretap.Timestamp
import kotlinx.coroutines.channels.BufferOverflow
import kotlinx.coroutines.channels.Channel

/**
 * Takes signals from the main thread without ever waiting, and tells them to the app's [Foretap] in their order.
 *
 * Holds [CAPACITY] signals while the [Foretap] is opened or busy; of more, the oldest are dropped.
 */
internal class Signals(private val provider: ForetapProvider, private val shown: Shown) {
    private val waiting = Channel<Signal>(CAPACITY, BufferOverflow.DROP_OLDEST)

    /** Takes a signal. */
    fun take(signal: Signal) {
        waiting.trySend(signal)
    }

    /** Tells what comes, until it is cancelled. */
    suspend fun tell() {
        for (first in waiting) {
            val signals = generateSequence(first) { waiting.tryReceive().getOrNull() }
            val events =
                signals
                    .flatMap(shown::take)
                    .map { (atMs, kind) ->
                        Event(kind, Timestamp.ofEpochMs(atMs))
                    }.toList()
            if (events.isNotEmpty()) record(events)
        }
    }

    private suspend fun record(events: List<Event>) {
        try {
            provider.foretap().record(events)
        } catch (exception: ForetapException) {
            // Notifications are not worth asking the person for anything: these are lost, and the next ones are tried.
            Log.w(TAG, "${events.size} events of notifications were not recorded: ${exception.javaClass.simpleName}")
        }
    }

    companion object {
        /** Signals that wait at most. */
        const val CAPACITY = 256
        const val TAG = "Foretap"
    }
}
