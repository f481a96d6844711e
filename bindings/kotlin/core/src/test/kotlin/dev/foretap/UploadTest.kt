package dev.foretap

import dev.foretap.fakes.FakeKeystore
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.test.runTest
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import java.io.File
import kotlin.test.assertContains
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertNull
import kotlin.test.assertTrue

/** Uploads without a network: the test is the server. */
@RunWith(RobolectricTestRunner::class)
class UploadTest {
    @get:Rule
    val folder = TemporaryFolder()

    private val clock = HandClock()
    private val options = ForetapOptions(clock = clock)
    private val log get() = File(folder.root, "log.db")

    @Test
    fun `nothing waits before the person allows it, and what was before is not sent later`() = inMemory { foretap ->
        foretap.lived(3)
        assertEquals(UploadConsent(reports = false, samples = false), foretap.uploadConsent())
        assertEquals(emptyList(), foretap.waitingUploads())
        assertEquals(emptyList(), foretap.sent())
        foretap.setUploadConsent(BOTH)
        assertEquals(BOTH, foretap.uploadConsent())
        assertEquals(emptyList(), foretap.waitingUploads())
    }

    @Test
    fun `what is shown is what is sent, and is sent once`() = inMemory { foretap ->
        foretap.setUploadConsent(BOTH)
        foretap.lived(3)
        val shown = foretap.waitingUploads().single()
        assertContains(shown.text, "batch ${shown.id}\n")
        for (line in listOf("reports of a day: 2", "samples of an unlock: ", "mix_log_p", "hits_at_3: ")) {
            assertContains(shown.text, line)
        }
        val sent = foretap.sent().single()
        assertEquals(listOf("v1/batches", shown.id), listOf(sent.path, sent.id))
        assertContentEquals(shown.bytes, sent.body)
        assertEquals(emptyList(), foretap.waitingUploads())
        assertEquals(emptyList(), foretap.sent())
    }

    @Test
    fun `each permission is its own`() = runTest {
        for (consent in listOf(UploadConsent(reports = true), UploadConsent(samples = true))) {
            Foretap.inMemory(options).use { foretap ->
                foretap.setUploadConsent(consent)
                foretap.lived(3)
                val text = foretap.waitingUploads().single().text
                assertEquals(!consent.reports, "reports of a day: 0" in text)
                assertEquals(!consent.samples, "samples of an unlock: 0" in text)
            }
        }
    }

    @Test
    fun `what could not be sent is sent again, the same bytes under the same id`() = inMemory { foretap ->
        foretap.setUploadConsent(BOTH)
        foretap.lived(3)
        val first = foretap.beginUpload()
        val tried = checkNotNull(first.next())
        assertEquals(tried.id, first.next()?.id, "until it is answered")
        first.failed()
        assertNull(first.next())
        assertEquals(UploadReport(taken = 0, refused = 0, erasures = 0, left = 1), first.finish())
        foretap.lived(1)
        val again = foretap.sent()
        assertEquals(2, again.size)
        assertEquals(tried.id, again[0].id)
        assertContentEquals(tried.body, again[0].body)
    }

    @Test
    fun `what a server will never take is not offered again`() = inMemory { foretap ->
        foretap.setUploadConsent(BOTH)
        foretap.lived(3)
        foretap.beginUpload().use { upload ->
            upload.next()
            upload.refused()
            assertEquals(UploadReport(taken = 0, refused = 1, erasures = 0, left = 0), upload.finish())
        }
        assertEquals(emptyList(), foretap.waitingUploads())
    }

    @Test
    fun `a run that is closed keeps what the server has, and is over once it was finished`() = inMemory { foretap ->
        foretap.setUploadConsent(BOTH)
        foretap.lived(3)
        val closed = foretap.beginUpload()
        closed.next()
        closed.taken()
        repeat(2) { closed.close() }
        assertFailsWith<ForetapException.Closed> { closed.finish() }
        assertEquals(emptyList(), foretap.waitingUploads())
        closed.taken()
        closed.failed()
        assertNull(closed.next())
        val late = foretap.beginUpload()
        foretap.close()
        late.close()
        assertFailsWith<ForetapException.Closed> { late.finish() }
        assertFailsWith<ForetapException.Closed> { foretap.beginUpload() }
        assertFailsWith<ForetapException.Closed> { foretap.waitingUploads() }
    }

    @Test
    fun `what is taken back no longer waits, and what was sent is erased`() = inMemory { foretap ->
        foretap.setUploadConsent(BOTH)
        foretap.lived(3)
        foretap.sent()
        foretap.lived(2)
        assertEquals(1, foretap.waitingUploads().size)
        foretap.setUploadConsent(UploadConsent())
        assertEquals(emptyList(), foretap.waitingUploads())
        val erasures = foretap.sent()
        assertEquals(setOf("v1/erasures"), erasures.map { it.path }.toSet())
        assertTrue(erasures.all { it.body.size == 32 })
        assertEquals(emptyList(), foretap.sent())
    }

    @Test
    fun `an erasure that a server would not do is asked for again`() = inMemory { foretap ->
        foretap.setUploadConsent(BOTH)
        foretap.lived(3)
        foretap.sent()
        foretap.setUploadConsent(UploadConsent())
        foretap.beginUpload().use { upload ->
            generateSequence { upload.next() }.forEach { _ -> upload.refused() }
            assertTrue(upload.finish().left > 0)
        }
        assertTrue(foretap.sent().isNotEmpty())
    }

    @Test
    fun `what the person allowed outlives the process`() = runTest {
        val waiting =
            Foretap.open(log, FixedKeys(), options).use { foretap ->
                foretap.setUploadConsent(BOTH)
                foretap.lived(3)
                foretap.waitingUploads().single()
            }
        Foretap.open(log, FixedKeys(), options).use { foretap ->
            assertEquals(BOTH, foretap.uploadConsent())
            assertContentEquals(waiting.bytes, foretap.waitingUploads().single().bytes)
        }
    }

    @Test
    fun `after an erasure the next log at the same place has erased what was sent`() = runTest {
        val foretap = Foretap.open(log, FixedKeys(), options)
        erasedAfterUploads(foretap)
        assertEquals(listOf("log.db.erasures"), folder.root.list()?.toList())
        Foretap.open(log, FixedKeys(8), options).use { nextAfterErasure(it) }
        assertFalse(File(folder.root, "log.db.erasures").exists())
    }

    @Test
    fun `so has the next log of an app, and nothing is left once it is told`() = runTest {
        FakeKeystore.install()
        val context = RuntimeEnvironment.getApplication()
        val place = File(context.noBackupFilesDir, "foretap")
        val foretap = Foretap.open(context, options)
        File(place, "usage.mark").writeText("of another module")
        erasedAfterUploads(foretap)
        assertEquals(listOf("log.db.erasures"), place.list()?.toList())
        // Somebody erases again before anything was sent.
        Foretap.eraseAt(context)
        assertEquals(listOf("log.db.erasures"), place.list()?.toList())
        val next = Foretap.open(context, options)
        nextAfterErasure(next)
        next.erase()
        assertFalse(place.exists())
    }

    @Test
    fun `no name is in what is sent, shown or thrown`() = runTest {
        Foretap.inMemory(options).use { foretap ->
            val place = foretap.pseudonyms.token("bssid", "canary.bssid")
            foretap.setUploadConsent(BOTH)
            foretap.lived(4, PhoneContext(place = "canary.place", accessPoint = place)) { "canary.item.$it" }
            val upload = foretap.beginUpload()
            val posts = generateSequence { upload.next() }.onEach { upload.taken() }.toList()
            val shown = foretap.waitingUploads()
            foretap.close()
            val thrown = assertFailsWith<ForetapException> { upload.finish() }
            val texts =
                shown.map { "$it ${it.text} ${String(it.bytes, Charsets.ISO_8859_1)}" } +
                    posts.map { "$it ${it.path} ${it.id} ${String(it.body, Charsets.ISO_8859_1)}" } +
                    "$thrown ${thrown.stackTraceToString()}"
            assertTrue(shown.isNotEmpty() && posts.isNotEmpty())
            for (text in texts) assertFalse("canary" in text.lowercase() || place in text)
            assertFalse("mix_log_p" in "$shown", "a text as an object is for logs")
        }
    }

    private fun inMemory(test: suspend (Foretap) -> Unit) = runBlocking { Foretap.inMemory(options).use { test(it) } }

    private suspend fun erasedAfterUploads(foretap: Foretap) {
        foretap.setUploadConsent(BOTH)
        foretap.lived(3)
        assertEquals(1, foretap.sent().size)
        foretap.erase()
    }

    private suspend fun nextAfterErasure(foretap: Foretap) {
        assertEquals(0, foretap.health().events)
        assertEquals(UploadConsent(), foretap.uploadConsent())
        val erasures = foretap.sent()
        assertTrue(erasures.isNotEmpty() && erasures.all { it.path == "v1/erasures" })
        assertEquals(emptyList(), foretap.sent())
    }

    /** So many days from now on, each with a dozen unlocks after which something is opened. */
    private suspend fun Foretap.lived(
        days: Int,
        context: PhoneContext = PhoneContext(),
        name: (Int) -> String = { listOf("mail", "maps", "news")[it] },
    ) = repeat(days) {
        record(
            (0 until 12).flatMap { n ->
                val at = clock.now().plusMs(n * 30 * MINUTE_MS)
                listOf(
                    Event.unlock(at, context),
                    Event(EventKind.Launch(Item(name(n % 3))), at.plusMs(2_000), context),
                )
            },
        )
        clock.advanceMinutes(24 * 60)
    }

    /** A run against a server that takes everything; what it was sent. */
    private suspend fun Foretap.sent(): List<WantedPost> = beginUpload().use { upload ->
        val sent = generateSequence { upload.next() }.onEach { upload.taken() }.toList()
        val (erasures, batches) = sent.partition { it.path == "v1/erasures" }
        assertEquals(UploadReport(batches.size, refused = 0, erasures.size, left = 0), upload.finish())
        sent
    }

    private companion object {
        val BOTH = UploadConsent(reports = true, samples = true)
    }
}
