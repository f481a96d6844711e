package dev.foretap.sync

import androidx.work.Data
import androidx.work.ListenableWorker.Result
import androidx.work.testing.TestListenableWorkerBuilder
import dev.foretap.Event
import dev.foretap.Foretap
import dev.foretap.ForetapOptions
import dev.foretap.ForetapProvider
import dev.foretap.Item
import dev.foretap.KeyProvider
import dev.foretap.LogKeys
import dev.foretap.Moment
import dev.foretap.Request
import dev.foretap.Timestamp
import dev.foretap.fakes.Publisher
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.isActive
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import mockwebserver3.SocketEffect
import org.junit.After
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config
import java.io.File
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger
import kotlin.test.assertEquals
import kotlin.test.assertTrue

/** The worker, an engine and a signed repository on a real server. */
@RunWith(RobolectricTestRunner::class)
@Config(application = TestApplication::class)
class ModelSyncTest {
    @get:Rule
    val folder = TemporaryFolder()

    private val server = TlsServer()
    private val publisher by lazy { Publisher(folder.newFolder(), NOW.epochMs / 1_000) }
    private val log by lazy { File(folder.newFolder(), "log.db") }

    /** Nobody asks while there is no engine. */
    private val restarting = Mutex()

    @Volatile
    private lateinit var foretap: Foretap

    @After
    fun close() = server.close()

    @Test
    fun `a model comes as a difference, answers, and goes again when it is rolled back`() = onPhone {
        assertEquals(OLD, model())
        publisher.publish(SUCCESSOR, base = Publisher.shipped)
        assertEquals(changed(true), synchronise())
        assertEquals(listOf("root", "timestamp", "release", "delta"), kinds())
        assertEquals(NEW, model())

        assertEquals(changed(false), synchronise())
        assertEquals(listOf("root", "timestamp"), kinds())

        publisher.publish(null)
        assertEquals(changed(true), synchronise())
        assertEquals(listOf("root", "timestamp", "release"), kinds())
        assertEquals(OLD, model())
    }

    @Test
    fun `a model that came answers after the next start too`() = onPhone {
        publisher.publish(SUCCESSOR)
        assertEquals(changed(true), synchronise())
        restart()
        assertEquals(NEW, model())
    }

    @Test
    fun `a timestamp that somebody changed is refused, and the old model answers`() = onPhone {
        publisher.publish(SUCCESSOR)
        val timestamp = File(publisher.repository, "timestamp")
        val right = timestamp.readBytes()
        timestamp.writeBytes(right.copyOf().apply { this[size - 1] = (this[size - 1] + 1).toByte() })
        assertEquals(failed("refused_timestamp"), synchronise())
        assertEquals(listOf("root", "timestamp"), kinds())
        assertEquals(OLD, model())

        timestamp.writeBytes(right)
        assertEquals(changed(true), synchronise())
        assertEquals(NEW, model())
    }

    @Test
    fun `a bundle that somebody changed is refused, and a difference gives way to the whole`() = onPhone {
        publisher.publish(SUCCESSOR, base = Publisher.shipped)
        server.serve(publisher.repository) { path ->
            if (path.startsWith("delta") || path.startsWith("bundle")) body("canary")
        }
        assertEquals(failed("refused_model"), synchronise())
        assertEquals(listOf("root", "timestamp", "release", "delta", "bundle"), kinds())
        assertEquals(OLD, model())

        server.serve(publisher.repository) { path -> if (path.startsWith("delta")) code(404) }
        assertEquals(changed(true), synchronise())
        assertEquals(listOf("root", "timestamp", "delta", "bundle"), kinds())
    }

    @Test
    fun `a run that is stopped half way is gone on with by the next`() = onPhone {
        publisher.publish(SUCCESSOR)
        // Minutes long: it is stopped before its end, however busy the computer is.
        server.serve(publisher.repository) { path ->
            if (path.startsWith("bundle")) throttleBody(100, 1, TimeUnit.SECONDS)
        }
        runBlocking {
            val stopped = launch(Dispatchers.Default) { worker().doWork() }
            generateSequence { server.request().target }.first { "bundle" in it }
            stopped.cancelAndJoin()
        }
        assertEquals(OLD, model())

        server.serve(publisher.repository)
        assertEquals(changed(true), synchronise())
        assertEquals(listOf("root", "timestamp", "bundle"), kinds())
        assertEquals(NEW, model())
    }

    @Test
    fun `a connection that breaks is tried again`() = onPhone {
        publisher.publish(SUCCESSOR)
        server.serve(publisher.repository) { path ->
            if (path.startsWith("bundle")) onResponseBody(SocketEffect.CloseSocket())
        }
        assertEquals(Result.retry(), synchronise())
        assertEquals(OLD, model())
    }

    /** Runs [test] while somebody else asks for one ranking after the other, each of which has to come. */
    private fun onPhone(test: () -> Unit) = runBlocking {
        foretap = open()
        foretap.record(habit())
        server.serve(publisher.repository)
        val answers = AtomicInteger()
        val asking =
            launch(Dispatchers.Default) {
                while (isActive) {
                    val ranking = restarting.withLock { foretap.predict(QUESTION) }
                    assertTrue(ranking.predictions.isNotEmpty())
                    answers.incrementAndGet()
                }
            }
        launch(Dispatchers.IO) { test() }.join()
        asking.cancelAndJoin()
        assertTrue(answers.get() > 0)
        foretap.close()
    }

    private fun open(): Foretap = runBlocking { Foretap.open(log, Keys, ForetapOptions(clock = { NOW })) }

    private fun restart() = runBlocking {
        restarting.withLock {
            foretap.close()
            foretap = open()
        }
    }

    private fun model(): String? = runBlocking { foretap.predict(QUESTION).model }

    private fun synchronise(): Result = runBlocking {
        server.paths()
        worker().doWork()
    }

    private fun kinds(): List<String> = server.paths().map { it.substringBefore('/') }

    private fun worker(): SyncWorker {
        val application = RuntimeEnvironment.getApplication() as TestApplication
        val sessions = ModelSessions(ForetapProvider { foretap }, publisher.root)
        application.setup = { SyncSetup(server.server(), sessions) }
        return TestListenableWorkerBuilder
            .from(application, SyncWorker::class.java)
            .setInputData(SyncSchedule().periodic().workSpec.input)
            .build()
    }

    private fun changed(modelChanged: Boolean): Result =
        Result.success(Data.Builder().putBoolean(SyncWorker.MODEL_CHANGED, modelChanged).build())

    private fun failed(reason: String): Result =
        Result.failure(Data.Builder().putString(SyncWorker.REASON, reason).build())

    private object Keys : KeyProvider {
        override fun load() =
            LogKeys(ByteArray(LogKeys.KEY_BYTES), ByteArray(LogKeys.SALT_BYTES), ByteArray(LogKeys.SECRET_BYTES))

        override fun erase() = Unit
    }

    private companion object {
        val SUCCESSOR = Publisher.successor()
        val OLD = Publisher.nameOf(Publisher.shipped)
        val NEW = Publisher.nameOf(SUCCESSOR)
        val NOW = Timestamp(1_800_000_000_000, 60)
        val QUESTION = Request(Moment.UNLOCK_OR_RESUME)

        /** Mail every few minutes, maps and news now and then. */
        fun habit(): List<Event> = (1..300).map { n ->
            val name = if (n % 5 == 0) listOf("maps", "news")[n / 5 % 2] else "mail"
            Event.launch(Item(name), NOW.plusMs((n - 301) * 420_000L))
        }
    }
}
