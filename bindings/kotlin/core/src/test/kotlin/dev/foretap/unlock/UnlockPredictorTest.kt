package dev.foretap.unlock

import android.app.Activity
import android.content.Context
import android.content.Intent
import android.view.View
import dev.foretap.Event
import dev.foretap.Foretap
import dev.foretap.ForetapException
import dev.foretap.ForetapOptions
import dev.foretap.HandClock
import dev.foretap.MAIL
import dev.foretap.Moment
import dev.foretap.Ranking
import dev.foretap.Request
import dev.foretap.habit
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.channels.ReceiveChannel
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.After
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.shadows.ShadowLooper
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue

@RunWith(RobolectricTestRunner::class)
class UnlockPredictorTest {
    private val context: Context = RuntimeEnvironment.getApplication()
    private val clock = HandClock()
    private lateinit var foretap: Foretap
    private lateinit var predictor: UnlockPredictor

    @Before
    fun open() {
        foretap = runBlocking { Foretap.inMemory(ForetapOptions(clock = clock)) }
        predictor = UnlockPredictor(context, foretap, clock = clock) { Request(Moment.UNLOCK_OR_RESUME, limit = 3) }
    }

    @After
    fun close() = foretap.close()

    @Test
    fun `each unlock gives a ranking and is recorded`() = collecting { unlocks ->
        foretap.record(habit(60))
        repeat(3) { n ->
            clock.advanceMinutes(10)
            unlock()
            val unlock = unlocks.next()
            assertEquals(MAIL, unlock.ranking.items.first())
            assertTrue(unlock.ranking.predictions.size <= 3)
            awaitEvents(61L + n)
        }
        assertEquals(3, predictor.latency.unlocks.size)
    }

    @Test
    fun `while the screen is off the next ranking is prepared`() = collecting { unlocks ->
        foretap.record(habit(60))
        context.sendBroadcast(Intent(Intent.ACTION_SCREEN_OFF))
        awaitEvents(61)
        clock.advanceMinutes(1)
        // What is prepared after the event is awaited with the next call, which takes its turn.
        unlock()
        assertTrue(unlocks.next().ranking.isPrepared)
    }

    @Test
    fun `a host that collects the phone's own log has unlocks and locks told once`() {
        predictor = UnlockPredictor(context, foretap, clock = clock, recordsLocks = false)
        collecting { unlocks ->
            foretap.record(habit(60))
            context.sendBroadcast(Intent(Intent.ACTION_SCREEN_OFF))
            unlock()
            unlocks.next()
            clock.advanceMinutes(1)
            unlock()
            unlocks.next()
            assertEquals(60, foretap.health().events)
        }
    }

    @Test
    fun `marks are reached in order and drawn once the row is on the screen`() = collecting { unlocks ->
        foretap.record(habit(60))
        unlock()
        val unlock = unlocks.next()
        assertNull(unlock.times[UnlockMark.DRAWN])
        val activity = Robolectric.buildActivity(Activity::class.java).setup().get()
        val row = View(activity)
        activity.setContentView(row)
        unlock.drawnBy(row)
        row.viewTreeObserver.dispatchOnPreDraw()
        ShadowLooper.idleMainLooper()
        val reached = UnlockMark.entries.map { assertNotNull(unlock.times[it]) }
        assertEquals(reached.sorted(), reached)
        for (mark in UnlockMark.entries) {
            assertEquals(unlock.times[mark], predictor.latency.quantileNs(mark, 0.5))
            assertNotNull(predictor.latency.withinBudget(mark))
        }
    }

    @Test
    fun `nobody is listened to before the flow is collected nor after`() {
        assertEquals(0, receivers())
        collecting { assertEquals(1, receivers()) }
        assertEquals(0, receivers())
    }

    @Test
    fun `a closed engine ends the flow in words`() = runBlocking {
        val collected = async(Dispatchers.Default) { runCatching { predictor.rankings.toList() } }
        awaitReceiver()
        foretap.close()
        unlock()
        val failure = withTimeout(TIMEOUT_MS) { collected.await() }.exceptionOrNull()
        assertTrue(failure is ForetapException.Closed, "$failure")
        assertFailsWith<ForetapException.Closed> { foretap.predict() }
        assertEquals(0, receivers())
    }

    @Test
    fun `latency keeps the newest and forgets the oldest`() {
        val latency = UnlockLatency()
        repeat(UnlockLatency.CAPACITY + 10) { n ->
            latency.add(UnlockTimes(0) { n.toLong() }.also { it.reach(UnlockMark.DRAWN) })
        }
        assertEquals(UnlockLatency.CAPACITY, latency.unlocks.size)
        assertEquals(10L, latency.quantileNs(UnlockMark.DRAWN, 0.0))
        assertEquals(UnlockLatency.CAPACITY + 9L, latency.quantileNs(UnlockMark.DRAWN, 1.0))
        assertNull(UnlockLatency().quantileNs(UnlockMark.DRAWN, 0.5))
        assertNull(UnlockLatency().withinBudget(UnlockMark.DRAWN))
    }

    @Test
    fun `budgets are kept to the millisecond`() {
        fun times(ms: Double) = UnlockTimes(0) { (ms * 1e6).toLong() }.also { it.reach(UnlockMark.INFERRED) }
        assertEquals(true, times(10.0).isWithinBudget(UnlockMark.INFERRED))
        assertEquals(false, times(11.0).isWithinBudget(UnlockMark.INFERRED))
        assertNull(times(1.0).isWithinBudget(UnlockMark.DRAWN))
    }

    private fun collecting(test: suspend (ReceiveChannel<UnlockRanking>) -> Unit) = runBlocking {
        val unlocks = Channel<UnlockRanking>(Channel.UNLIMITED)
        val collecting = launch(Dispatchers.Default) { predictor.rankings.collect(unlocks::send) }
        awaitReceiver()
        test(unlocks)
        collecting.cancel()
        collecting.join()
    }

    private fun unlock() {
        context.sendBroadcast(Intent(Intent.ACTION_USER_PRESENT))
        ShadowLooper.idleMainLooper()
    }

    private fun receivers() = shadowOf(RuntimeEnvironment.getApplication())
        .registeredReceivers
        .count { it.intentFilter.hasAction(Intent.ACTION_USER_PRESENT) }

    private suspend fun awaitReceiver() = awaiting { receivers() == 1 }

    private suspend fun awaitEvents(count: Long) = awaiting { foretap.health().events >= count }

    private suspend fun awaiting(condition: suspend () -> Boolean) = withTimeout(TIMEOUT_MS) {
        while (!condition()) kotlinx.coroutines.yield()
    }

    private suspend fun ReceiveChannel<UnlockRanking>.next() = withTimeout(TIMEOUT_MS) { receive() }

    private companion object {
        const val TIMEOUT_MS = 60_000L
    }
}
