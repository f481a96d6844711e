package dev.foretap.sync

import androidx.work.Data
import androidx.work.ListenableWorker.Result
import androidx.work.testing.TestListenableWorkerBuilder
import dev.foretap.Event
import dev.foretap.EventKind
import dev.foretap.Foretap
import dev.foretap.ForetapOptions
import dev.foretap.ForetapProvider
import dev.foretap.Item
import dev.foretap.PhoneContext
import dev.foretap.Timestamp
import dev.foretap.UploadConsent
import dev.foretap.WaitingUpload
import dev.foretap.fakes.Publisher
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import mockwebserver3.RecordedRequest
import mockwebserver3.SocketEffect
import org.junit.After
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config
import org.robolectric.shadows.ShadowLog
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.seconds

/** The worker, an engine and a server: from a person's permission to what arrives. */
@RunWith(RobolectricTestRunner::class)
@Config(application = TestApplication::class)
class UploadTest {
    @get:Rule
    val folder = TemporaryFolder()

    private val server = TlsServer()
    private val ended = mutableListOf<SyncOutcome>()
    private var now = NOW

    @After
    fun close() = server.close()

    @Test
    fun `what arrives is what was shown, byte for byte, and arrives once`() = onPhone { foretap ->
        foretap.setUploadConsent(BOTH)
        foretap.lived(3)
        val shown = foretap.waitingUploads()
        server.answer { code(202) }
        assertEquals(DONE, upload(foretap))
        arrived(shown.single(), server.request())
        assertEquals(emptyList<WaitingUpload>(), foretap.waitingUploads())
        assertEquals(DONE, upload(foretap))
        assertEquals(1, server.requests)
    }

    @Test
    fun `nobody is asked where nothing is allowed`() = onPhone { foretap ->
        foretap.lived(3)
        assertEquals(DONE, upload(foretap))
        assertEquals(0, server.requests)
        assertEquals<List<SyncOutcome>>(listOf(SyncOutcome.Synced(modelChanged = false)), ended)
    }

    @Test
    fun `every retry sends the same bytes under the same id, until the server has them`() = onPhone { foretap ->
        foretap.setUploadConsent(BOTH)
        foretap.lived(3)
        val shown = foretap.waitingUploads().single()
        server.answer { code(503).addHeader("Retry-After", "7") }
        assertEquals(Result.retry(), upload(foretap))
        server.answer { onResponseStart(SocketEffect.CloseSocket()) }
        assertEquals(Result.retry(), upload(foretap))
        server.answer { code(500) }
        assertEquals(Result.retry(), upload(foretap))
        server.answer { code(403) }
        assertEquals(failed("status"), upload(foretap))
        // It had it before: an answer was lost.
        server.answer { code(200) }
        assertEquals(DONE, upload(foretap))
        repeat(5) { arrived(shown, server.request()) }
        assertEquals(5, server.requests)
        val outcomes =
            listOf(
                SyncOutcome.Postponed(SyncReason.BUSY, 7.seconds),
                SyncOutcome.Postponed(SyncReason.NETWORK),
                SyncOutcome.Postponed(SyncReason.STATUS),
                SyncOutcome.Refused(SyncReason.STATUS),
                SyncOutcome.Synced(modelChanged = false),
            )
        assertEquals<List<SyncOutcome>>(outcomes, ended)
    }

    @Test
    fun `a server that is too slow gets the same bytes the next time`() = onPhone { foretap ->
        foretap.setUploadConsent(BOTH)
        foretap.lived(3)
        val shown = foretap.waitingUploads().single()
        server.answer { onResponseStart(SocketEffect.Stall) }
        val outcome =
            UploadSessions(ForetapProvider { foretap }).open().use { session ->
                HttpsTransport(uploads(), FetchTest.HASTY).use { SyncRun(session, it).outcome() }
            }
        assertEquals(SyncOutcome.Postponed(SyncReason.TIMEOUT), outcome)
        server.answer { code(202) }
        assertEquals(DONE, upload(foretap))
        repeat(2) { arrived(shown, server.request()) }
    }

    @Test
    fun `a run that is stopped half way sends what is left the next time`() = onPhone { foretap ->
        foretap.setUploadConsent(BOTH)
        foretap.lived(3)
        foretap.waitingUploads()
        foretap.lived(2)
        val shown = foretap.waitingUploads()
        assertEquals(2, shown.size)
        server.answer { code(202) }
        server.answer { onResponseStart(SocketEffect.Stall) }
        runBlocking {
            val stopped = launch(Dispatchers.Default) { worker(foretap).doWork() }
            shown.forEach { arrived(it, server.request()) }
            stopped.cancelAndJoin()
        }
        assertEquals(shown.drop(1).map { it.id }, foretap.waitingUploads().map { it.id })
        server.answer { code(202) }
        assertEquals(DONE, upload(foretap))
        arrived(shown[1], server.request())
    }

    @Test
    fun `what the server will never take is not offered again`() = onPhone { foretap ->
        foretap.setUploadConsent(BOTH)
        foretap.lived(3)
        server.answer { code(422).body("canary") }
        assertEquals(DONE, upload(foretap))
        assertEquals(emptyList<WaitingUpload>(), foretap.waitingUploads())
        assertEquals(DONE, upload(foretap))
        assertEquals(1, server.requests)
    }

    @Test
    fun `what is taken back is erased, first of all, and as often as it takes`() = onPhone { foretap ->
        foretap.setUploadConsent(BOTH)
        foretap.lived(3)
        server.answer { code(202) }
        upload(foretap)
        server.request()
        foretap.lived(2)
        foretap.setUploadConsent(UploadConsent(reports = true))
        assertEquals(emptyList<WaitingUpload>(), foretap.waitingUploads())
        foretap.lived(2)
        val shown = foretap.waitingUploads().single()
        // It would not erase; the batch it takes.
        server.answer { code(422) }
        server.answer { code(202) }
        assertEquals(failed("status"), upload(foretap))
        val erasure = server.request()
        assertEquals("/v1/erasures", erasure.target)
        assertEquals(32, erasure.body?.size)
        arrived(shown, server.request())
        server.answer { code(202) }
        assertEquals(DONE, upload(foretap))
        val again = server.request()
        assertEquals(erasure.headers["Idempotency-Key"], again.headers["Idempotency-Key"])
        assertEquals(erasure.body, again.body)
        assertEquals(DONE, upload(foretap))
        assertEquals(4, server.requests)
    }

    @Test
    fun `models and uploads are one piece of work, and one does not stop the other`() = onPhone { foretap ->
        val publisher = Publisher(folder.newFolder(), now.epochMs / 1_000)
        foretap.setUploadConsent(BOTH)
        foretap.lived(3)
        server.serve(publisher.repository) { path -> if (path.startsWith("/v1/")) code(202) }
        // The repository is empty.
        assertEquals(Result.retry(), work(models(foretap, publisher).then(setup(foretap))))
        assertEquals(listOf("root", "timestamp", "/v1/batches"), server.paths().map { it.removeSuffix("/2") })
        publisher.publish(Publisher.successor(), base = Publisher.shipped)
        foretap.lived(1)
        server.serve(publisher.repository) { path -> if (path.startsWith("/v1/")) code(403) }
        assertEquals(failed("status"), work(models(foretap, publisher).then(setup(foretap))))
        assertEquals(Publisher.nameOf(Publisher.successor()), foretap.predict().model)
        server.serve(publisher.repository) { path -> if (path.startsWith("/v1/")) code(202) }
        assertEquals(DONE, work(models(foretap, publisher).then(setup(foretap))))
        val kinds = ended.map { it::class.simpleName.orEmpty() }
        assertEquals(listOf("Postponed", "Synced", "Synced", "Refused", "Synced", "Synced"), kinds)
    }

    @Test
    fun `no name is in what is sent or logged`() = onPhone { foretap ->
        val place = foretap.pseudonyms.token("bssid", "canary.bssid")
        foretap.setUploadConsent(BOTH)
        foretap.lived(3, PhoneContext(place = "canary.place", accessPoint = place)) { "canary.item.$it" }
        server.answer { code(500).body("canary") }
        upload(foretap)
        server.answer { code(202).body("canary") }
        upload(foretap)
        repeat(2) {
            val request = server.request()
            val body = checkNotNull(request.body).toByteArray()
            val texts = listOf("${request.requestLine} ${request.headers}", String(body, Charsets.ISO_8859_1))
            for (text in texts) assertFalse("canary" in text.lowercase() || place in text)
        }
        val logged = ShadowLog.getLogs().joinToString { "${it.msg} ${it.throwable}" }
        assertFalse("canary" in "$logged $ended")
    }

    private fun arrived(shown: WaitingUpload, request: RecordedRequest) {
        assertEquals(listOf("POST", "/v1/batches"), listOf(request.method, request.target))
        assertEquals(shown.id, request.headers["Idempotency-Key"])
        assertContentEquals(shown.bytes, request.body?.toByteArray())
        assertTrue(shown.id in shown.text)
    }

    private fun onPhone(test: suspend (Foretap) -> Unit) = runBlocking {
        Foretap.inMemory(ForetapOptions(clock = { now })).use { test(it) }
    }

    /** So many days from now on, each with a dozen unlocks after which something is opened. */
    private suspend fun Foretap.lived(
        days: Int,
        context: PhoneContext = PhoneContext(),
        name: (Int) -> String = { listOf("mail", "maps", "news")[it] },
    ) = repeat(days) {
        record(
            (0 until 12).flatMap { n ->
                val at = now.plusMs(n * 1_800_000L)
                listOf(Event.unlock(at, context), Event(EventKind.Launch(Item(name(n % 3))), at.plusMs(2_000), context))
            },
        )
        now = now.plusMs(86_400_000)
    }

    private fun uploads() = SyncServer(server.address.substringBefore("models/"), setOf(server.pin))

    private fun setup(foretap: Foretap) = SyncSetup(uploads(), UploadSessions { foretap.beginUpload() }, ended::add)

    private fun models(foretap: Foretap, publisher: Publisher) =
        SyncSetup(server.server(), ModelSessions(ForetapProvider { foretap }, publisher.root), ended::add)

    private suspend fun upload(foretap: Foretap): Result = worker(foretap).doWork()

    private suspend fun work(setup: SyncSetup): Result = worker { setup }.doWork()

    private fun worker(foretap: Foretap): SyncWorker = worker { setup(foretap) }

    private fun worker(setup: () -> SyncSetup): SyncWorker {
        val application = RuntimeEnvironment.getApplication() as TestApplication
        application.setup = setup
        return TestListenableWorkerBuilder
            .from(application, SyncWorker::class.java)
            .setInputData(SyncSchedule().periodic().workSpec.input)
            .build()
    }

    private fun failed(reason: String): Result =
        Result.failure(Data.Builder().putString(SyncWorker.REASON, reason).build())

    private companion object {
        val NOW = Timestamp(1_800_000_000_000, 60)
        val BOTH = UploadConsent(reports = true, samples = true)
        val DONE: Result = Result.success(Data.Builder().putBoolean(SyncWorker.MODEL_CHANGED, false).build())
    }
}
