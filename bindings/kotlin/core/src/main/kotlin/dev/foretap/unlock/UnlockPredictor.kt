package dev.foretap.unlock

import android.content.BroadcastReceiver
import android.content.Context
import android.content.Intent
import android.content.IntentFilter
import android.os.Build
import android.os.Handler
import android.os.HandlerThread
import android.os.SystemClock
import dev.foretap.Event
import dev.foretap.Foretap
import dev.foretap.ForetapException
import dev.foretap.Request
import dev.foretap.Timestamp
import dev.foretap.WallClock
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.channels.ProducerScope
import kotlinx.coroutines.channels.awaitClose
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.buffer
import kotlinx.coroutines.flow.callbackFlow
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.launch

/**
 * A ranking at every unlock of the phone.
 *
 * ```
 * UnlockPredictor(context, foretap).rankings.collect { unlock ->
 *     showRow(unlock.ranking)
 *     unlock.drawnBy(rowView)
 * }
 * ```
 *
 * While [rankings] is collected, unlocks and locks are recorded unless told otherwise, and the next ranking is prepared
 * when the screen goes off. The app must be alive to hear of an unlock, as a launcher is: Android tells it to receivers
 * that are registered at run time, and nothing here runs before.
 *
 * @param context any context; its application is kept.
 * @param foretap the engine, which is neither opened nor closed here.
 * @param reader reads the surroundings.
 * @param recordsLocks whether unlocks and locks are recorded here. A host that collects the phone's usage log, which
 * has them from API 28 on, turns this off: told by both they would count twice, and before what was opened between
 * them.
 * @param request what is asked at an unlock; its time and context are filled in.
 */
public class UnlockPredictor(
    context: Context,
    private val foretap: Foretap,
    private val reader: ContextReader = ContextReader(context, foretap.pseudonyms),
    private val clock: WallClock = WallClock.SYSTEM,
    private val recordsLocks: Boolean = true,
    private val request: () -> Request = { Request() },
) {
    private val context = context.applicationContext

    /** How long the unlocks took that were collected. */
    public val latency: UnlockLatency = UnlockLatency()

    /**
     * A ranking for each unlock, the newest only if the collector is slow. One collector at a time: each hears and
     * records every unlock ([kotlinx.coroutines.flow.shareIn] serves more). Ends with [ForetapException.Closed] when
     * the engine is closed; an unlock that cannot be answered for another reason is left out.
     */
    public val rankings: Flow<UnlockRanking> =
        callbackFlow { listen() }
            .buffer(Channel.CONFLATED)
            .map { it.also { unlock -> unlock.times.reach(UnlockMark.DELIVERED) } }

    private suspend fun ProducerScope<UnlockRanking>.listen() {
        // In the order in which the phone told of them.
        val work = Channel<suspend () -> Unit>(Channel.UNLIMITED)
        launch(Dispatchers.Default) { for (next in work) answering(next) }
        // The main thread is busy when a phone wakes up.
        val thread = HandlerThread("foretap-unlock").apply { start() }
        val receiver =
            object : BroadcastReceiver() {
                override fun onReceive(context: Context, intent: Intent) {
                    val times = UnlockTimes(SystemClock.elapsedRealtimeNanos(), SystemClock::elapsedRealtimeNanos)
                    val now = clock.now()
                    when (intent.action) {
                        Intent.ACTION_USER_PRESENT -> work.trySend { answer(now, times) }
                        Intent.ACTION_SCREEN_OFF -> work.trySend { rest(now) }
                    }
                }
            }
        register(receiver, Handler(thread.looper))
        awaitClose {
            context.unregisterReceiver(receiver)
            thread.quitSafely()
        }
    }

    private fun register(receiver: BroadcastReceiver, handler: Handler) {
        val filter = IntentFilter(Intent.ACTION_USER_PRESENT).apply { addAction(Intent.ACTION_SCREEN_OFF) }
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU) {
            context.registerReceiver(receiver, filter, null, handler, Context.RECEIVER_NOT_EXPORTED)
        } else {
            context.registerReceiver(receiver, filter, null, handler)
        }
    }

    private suspend fun ProducerScope<UnlockRanking>.answer(now: Timestamp, times: UnlockTimes) {
        latency.add(times)
        times.reach(UnlockMark.REQUESTED)
        val surroundings = reader.read()
        val ranking = foretap.predict(request().copy(at = now, context = surroundings))
        times.reach(UnlockMark.INFERRED)
        trySend(UnlockRanking(ranking, times))
        // After the answer: the row must not wait for the disk.
        if (recordsLocks) foretap.record(Event.unlock(now, surroundings))
    }

    private suspend fun rest(now: Timestamp) {
        if (recordsLocks) foretap.record(Event.lock(now))
        foretap.prepare(request().copy(at = now, context = reader.read()))
    }

    /** What the storage cannot do now does not end the flow; a closed engine does. */
    private suspend fun answering(work: suspend () -> Unit) {
        try {
            work()
        } catch (closed: ForetapException.Closed) {
            throw closed
        } catch (_: ForetapException) {
            // The next unlock is another try.
        }
    }
}
