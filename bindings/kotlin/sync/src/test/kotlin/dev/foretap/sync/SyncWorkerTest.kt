package dev.foretap.sync

import android.app.Application
import androidx.work.Data
import androidx.work.ListenableWorker.Result
import androidx.work.testing.TestListenableWorkerBuilder
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import mockwebserver3.SocketEffect
import org.junit.After
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config
import org.robolectric.shadows.ShadowLog
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.atomic.AtomicInteger
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.time.Duration.Companion.hours

@RunWith(RobolectricTestRunner::class)
@Config(application = TestApplication::class)
class SyncWorkerTest {
    private val server = TlsServer()
    private val ended = mutableListOf<SyncOutcome>()

    @After
    fun close() = server.close()

    @Test
    fun `a run that is done is a success`() {
        server.answer { body("abc") }
        val session = ScriptedSession(fetch(), done())
        assertEquals(success(modelChanged = true), run(session))
        assertEquals(listOf("received", "fetched", "closed"), session.told)
        assertEquals<List<SyncOutcome>>(listOf(SyncOutcome.Synced(modelChanged = true)), ended)
    }

    @Test
    fun `nothing new is a success too`() {
        val session = ScriptedSession(done(SyncOutcome.Synced(modelChanged = false)))
        assertEquals(success(modelChanged = false), run(session))
        assertEquals(0, server.requests)
    }

    @Test
    fun `what can help later is tried again, as often as the schedule says`() {
        fun attempt(number: Int) = run(ScriptedSession(done(POSTPONED)), SyncSchedule(attempts = 3), number - 1)
        assertEquals(
            listOf(Result.retry(), Result.retry(), failure("network")),
            listOf(attempt(1), attempt(2), attempt(3)),
        )
        assertEquals<List<SyncOutcome>>(List(3) { POSTPONED }, ended)
    }

    @Test
    fun `a server that wants a longer pause has its period`() {
        val busy = SyncOutcome.Postponed(SyncReason.BUSY, retryAfter = 2.hours)
        assertEquals(failure("busy"), run(ScriptedSession(done(busy))))
        assertEquals(Result.retry(), run(ScriptedSession(done(busy)), SyncSchedule(backOff = 2.hours)))
    }

    @Test
    fun `what cannot help is a failure with its reason`() {
        assertEquals(
            failure("bad_signature"),
            run(ScriptedSession(done(SyncOutcome.Refused(SyncReason("bad_signature"))))),
        )
    }

    @Test
    fun `a failure of the network reaches the session, which decides`() {
        server.answer { code(404) }
        val session = ScriptedSession(fetch(), done(TransportFailure.Status(404).outcome()))
        assertEquals(failure("status"), run(session))
        assertEquals(listOf("status", "closed"), session.told)
    }

    @Test
    @Config(application = Application::class)
    fun `an application that provides nothing is a failure`() = runBlocking {
        val worker =
            TestListenableWorkerBuilder
                .from(
                    RuntimeEnvironment.getApplication(),
                    SyncWorker::class.java,
                ).build()
        assertEquals(failure("no_provider"), worker.doWork())
    }

    @Test
    fun `what the host throws ends here, and its words with it`() {
        val hosts =
            listOf<() -> SyncSetup>(
                { error("canary") },
                { SyncSetup(server.server(), { error("canary") }) },
                { SyncSetup(server.server(), { throw CancellationException("canary") }) },
                { SyncSetup(server.server(), { ThrowingSession() }) },
                { SyncSetup(server.server(), { ScriptedSession(done()) }, { error("canary") }) },
            )
        hosts.forEach { host -> assertEquals(failure("session_error"), run(host)) }
        assertFalse(ShadowLog.getLogs().any { "canary" in "${it.msg} ${it.throwable}" })
    }

    @Test
    fun `a session is closed when it throws`() {
        val session = ThrowingSession()
        run({ SyncSetup(server.server(), { session }) })
        assertEquals(1, session.closed)
    }

    @Test
    fun `a run that is stopped closes its session and tells nobody`() = runBlocking {
        server.answer { onResponseStart(SocketEffect.Stall) }
        val session = ScriptedSession(fetch(), done())
        val worker = worker { SyncSetup(server.server(), { session }, ended::add) }
        val job = launch(Dispatchers.Default) { worker.doWork() }
        server.request()
        job.cancelAndJoin()
        assertEquals(listOf("closed"), session.told)
        assertEquals(listOf(), ended)
    }

    @Test
    fun `two runs do not overlap`() = runBlocking {
        val open = AtomicInteger()
        val most = CopyOnWriteArrayList<Int>()
        repeat(4) { server.answer { body("x") } }
        val runs =
            List(4) {
                val worker =
                    worker {
                        val session =
                            object : SyncSession by ScriptedSession(fetch(), done()) {
                                override fun close() {
                                    open.decrementAndGet()
                                }
                            }
                        SyncSetup(server.server(), {
                            most += open.incrementAndGet()
                            session
                        })
                    }
                async(Dispatchers.Default) { worker.doWork() }
            }
        runs.forEach { it.await() }
        assertEquals(listOf(1, 1, 1, 1), most.toList())
    }

    private fun run(session: SyncSession, schedule: SyncSchedule = SyncSchedule(), attempt: Int = 0): Result =
        run({ SyncSetup(server.server(), { session }, ended::add) }, schedule, attempt)

    private fun run(setup: () -> SyncSetup, schedule: SyncSchedule = SyncSchedule(), attempt: Int = 0): Result =
        runBlocking { worker(schedule, attempt, setup).doWork() }

    private fun worker(schedule: SyncSchedule = SyncSchedule(), attempt: Int = 0, setup: () -> SyncSetup): SyncWorker {
        val application = RuntimeEnvironment.getApplication() as TestApplication
        application.setup = setup
        return TestListenableWorkerBuilder
            .from(application, SyncWorker::class.java)
            .setInputData(schedule.periodic().workSpec.input)
            .setRunAttemptCount(attempt)
            .build()
    }

    private fun success(modelChanged: Boolean): Result =
        Result.success(Data.Builder().putBoolean(SyncWorker.MODEL_CHANGED, modelChanged).build())

    private fun failure(reason: String): Result =
        Result.failure(Data.Builder().putString(SyncWorker.REASON, reason).build())

    private companion object {
        val POSTPONED = SyncOutcome.Postponed(SyncReason.NETWORK)
    }
}
