package dev.foretap

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.test.runTest
import kotlinx.coroutines.yield
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import java.io.ByteArrayInputStream
import java.io.ByteArrayOutputStream
import java.io.File
import java.util.Locale
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertNotEquals
import kotlin.test.assertNotNull
import kotlin.test.assertTrue

class FacadeTest {
    @get:Rule
    val folder = TemporaryFolder()

    private val clock = HandClock()
    private val options = ForetapOptions(clock = clock)
    private val keys = FixedKeys()
    private val file: File get() = File(folder.root, "foretap/log.db")

    @Test
    fun `what is recorded is predicted, with a reason and the time it took`() = runTest {
        Foretap.inMemory(options).use { foretap ->
            assertEquals(AnsweredBy.HOST_ORDER, foretap.predict().answeredBy)
            assertTrue(foretap.record(habit(100)).all { it == Recorded.STORED })
            val ranking = foretap.predict(Request(Moment.UNLOCK_OR_RESUME, limit = 2))
            assertEquals(2, ranking.predictions.size)
            val first = ranking.predictions.first()
            assertEquals(MAIL, first.item)
            assertTrue(first.probability in 0.3..1.0 && first.propensity == 1.0 && first.reasons.isNotEmpty())
            assertTrue(ranking.answeredBy == AnsweredBy.MODEL && assertNotNull(ranking.model).isNotEmpty())
            assertTrue(ranking.stages.totalNs > 0)
        }
    }

    @Test
    fun `an event that is told twice is stored once`() = runTest {
        Foretap.inMemory(options).use { foretap ->
            assertEquals(Recorded.STORED, foretap.record(Event.launch(MAIL, MONDAY)))
            assertEquals(Recorded.DUPLICATE, foretap.record(Event.launch(MAIL, MONDAY)))
            assertEquals(1, foretap.health().events)
        }
    }

    @Test
    fun `history is back-filled as if it had come in time`() = runTest {
        Foretap.inMemory(options).use { foretap ->
            assertEquals(100, foretap.backfill(habit(100).shuffled()))
            assertEquals(0, foretap.backfill(habit(100)))
            assertEquals(MAIL, foretap.predict(Request(Moment.UNLOCK_OR_RESUME)).items.first())
        }
    }

    @Test
    fun `reasons are said in the person's language, with names that the person knows`() = runTest {
        Foretap.inMemory(options).use { foretap ->
            val follows = Prediction(MAIL, 0.5, listOf(Reason(ReasonCode.Follows(MAPS), 1.0)), 1.0)
            assertEquals(listOf("often after Karten"), foretap.why(follows, Locale.ENGLISH) { "Karten" })
            assertNotEquals(foretap.why(follows, Locale.ENGLISH), foretap.why(follows, Locale.forLanguageTag("de-AT")))
            assertEquals(foretap.why(follows, Locale.ENGLISH), foretap.why(follows, Locale.JAPANESE))
        }
    }

    @Test
    fun `a prepared ranking answers the same question and says so`() = runTest {
        Foretap.inMemory(options).use { foretap ->
            foretap.record(habit(50))
            val request = Request(context = PhoneContext(network = Network.WIFI))
            foretap.prepare(request)
            assertTrue(foretap.predict(request).isPrepared)
            assertFalse(foretap.predict(request.copy(limit = 3)).isPrepared)
        }
    }

    @Test
    fun `what was shown is stored and an icon stays in its slot`() = runTest {
        Foretap.inMemory(options).use { foretap ->
            foretap.record(habit(60))
            clock.advanceMinutes(1)
            val first = foretap.predict(Request(Moment.UNLOCK_OR_RESUME))
            val before = foretap.health().events
            foretap.shown(first)
            assertEquals(before + first.predictions.size, foretap.health().events)
            clock.advanceMinutes(1)
            assertEquals(first.items, foretap.predict(Request(Moment.UNLOCK_OR_RESUME)).items)
        }
    }

    @Test
    fun `every decision counts, is listed, and can be undone`() = runTest {
        val decisions =
            listOf(
                Control.Exclude(MAIL),
                Control.Snooze(MAIL, SnoozeEnd.At(minutes(1_000))),
                Control.Snooze(MAPS, SnoozeEnd.Frequent),
                Control.NeverLearn(NEWS),
                Control.Pin(NEWS, 0),
                Control.Promote(MAPS),
                Control.HalfLife(null, 30),
                Control.HalfLife(MAIL, 3),
                Control.PauseLearning(minutes(500)),
                Control.HideProfile(10),
            )
        Foretap.inMemory(options).use { foretap ->
            foretap.record(habit(60))
            val request = Request(Moment.UNLOCK_OR_RESUME)
            val plain = foretap.predict(request).predictions
            for (control in decisions) {
                clock.advanceMinutes(1)
                val decision = foretap.decide(control)
                assertEquals(listOf(control), foretap.decisions().map { it.control })
                if (control == Control.Exclude(MAIL)) assertFalse(MAIL in foretap.predict(request).items)
                if (control == Control.Pin(NEWS, 0)) assertEquals(NEWS, foretap.predict(request).items.first())
                if (control is Control.PauseLearning) {
                    assertEquals(Recorded.NOT_LEARNED, foretap.record(Event.launch(MAIL)))
                }
                assertTrue(foretap.undo(decision))
                assertFalse(foretap.undo(decision))
                assertEquals(emptyList(), foretap.decisions())
            }
            val asAtFirst = foretap.predict(request.copy(at = MONDAY)).predictions
            assertEquals(plain.map { it.item to it.probability }, asAtFirst.map { it.item to it.probability })
        }
    }

    @Test
    fun `a decision says which item it is about`() {
        val about =
            listOf(
                Control.Exclude(MAIL),
                Control.Snooze(MAIL, SnoozeEnd.Frequent),
                Control.NeverLearn(MAIL),
                Control.Pin(MAIL, 0),
                Control.Promote(MAIL),
                Control.HalfLife(MAIL, 3),
            )
        assertEquals(List(about.size) { MAIL }, about.map { it.item })
        val others =
            listOf(Control.HalfLife(null, 3), Control.PauseLearning(), Control.HideProfile(10), Control.Unnamed(true))
        assertEquals(emptyList(), others.mapNotNull { it.item })
    }

    @Test
    fun `a log that is opened again goes on where it was`() = runTest {
        val request = Request(Moment.UNLOCK_OR_RESUME)
        val before =
            Foretap.open(file, keys, options).use { foretap ->
                assertEquals(OpenedLog.Created, foretap.opened())
                foretap.record(habit(200))
                foretap.decide(Control.Exclude(NEWS))
                foretap.predict(request)
            }
        Foretap.open(file, keys, options).use { foretap ->
            assertEquals(OpenedLog.Existing, foretap.opened())
            assertEquals(before.predictions, foretap.predict(request).predictions)
            assertEquals(listOf(Control.Exclude(NEWS)), foretap.decisions().map { it.control })
        }
    }

    @Test
    fun `an export goes on elsewhere and without its secret tells nothing`() = runTest {
        val secret = ExportSecret.Passphrase("correct horse")
        val export = ByteArrayOutputStream()
        Foretap.inMemory(options).use { foretap ->
            foretap.record(habit(100))
            foretap.decide(Control.Exclude(NEWS))
            val exported = foretap.exportTo(export, secret)
            assertEquals(export.size().toLong(), exported.bytes)
            assertTrue(exported.leftOut > 0 && exported.events + exported.leftOut == 100L && exported.controls == 1L)
        }
        assertFalse(String(export.toByteArray(), Charsets.ISO_8859_1).contains("maps"))
        Foretap.inMemory(options).use { foretap ->
            assertFailsWith<ForetapException.WrongSecret> {
                foretap.importFrom(export.toByteArray().inputStream(), ExportSecret.Passphrase("another horse"))
            }
            val imported = foretap.importFrom(export.toByteArray().inputStream(), secret)
            assertTrue(imported.added > 50 && imported.controls == 1L)
            assertEquals(listOf(Control.Unnamed(isNeverLearn = false)), foretap.decisions().map { it.control })
            assertEquals(MAIL, foretap.predict(Request(Moment.UNLOCK_OR_RESUME)).items.first())
        }
    }

    @Test
    fun `health tells how good predictions are`() = runTest {
        Foretap.inMemory(options).use { foretap ->
            foretap.record(habit(400))
            foretap.predict()
            val health = foretap.health()
            assertEquals(400, health.events)
            assertEquals(Moment.entries.toSet(), health.moments.keys)
            val next = health.moments.getValue(Moment.NEXT).month
            assertTrue(next.questions > 50 && assertNotNull(next.foretap).at3 > 0.9)
            assertEquals(1, health.computed.count)
            assertTrue(health.text.contains("400") && health.json.startsWith("{"))
            assertFalse((health.text + health.json).contains("mail"))
        }
    }

    @Test
    fun `health tells each moment's figures under its name`() = runTest {
        Foretap.inMemory(options).use { foretap ->
            // One visit without a pause: after the first item there is nothing but what comes next.
            foretap.record((0 until 60).map { Event.launch(if (it % 2 == 0) MAIL else MAPS, minutes(it - 60)) })
            val asked = foretap.health().moments.mapValues { it.value.month.questions }
            assertTrue(asked.getValue(Moment.NEXT) > 50 && asked.getValue(Moment.UNLOCK) < 2, "$asked")
        }
    }

    @Test
    fun `upkeep deletes what is older than the retention`() = runTest {
        Foretap.inMemory(options.copy(retentionDays = 1)).use { foretap ->
            // 5,000 events stay whatever their age.
            val events = (0 until 5_100).map { Event.launch(if (it % 2 == 0) MAIL else MAPS, minutes(it)) }
            foretap.backfill(events)
            assertEquals(100, foretap.maintain())
            foretap.checkpoint()
            assertEquals(5_000, foretap.health().events)
        }
    }

    @Test
    fun `erasing leaves no file and no key`() = runTest {
        val foretap = Foretap.open(file, keys, options)
        foretap.record(habit(50))
        foretap.maintain()
        foretap.erase()
        assertTrue(keys.isErased)
        assertContentEquals(emptyArray(), checkNotNull(file.parentFile).list())
        assertFailsWith<ForetapException.Closed> { foretap.predict() }
        foretap.close()
    }

    @Test
    fun `closing twice is closing once, and what comes after is refused in words`() = runTest {
        val foretap = Foretap.open(file, keys, options)
        foretap.close()
        foretap.close()
        assertFailsWith<ForetapException.Closed> { foretap.record(Event.unlock()) }
        assertFailsWith<ForetapException.Closed> { foretap.health() }
        assertFailsWith<ForetapException.Closed> { foretap.erase() }
    }

    @Test
    fun `whoever is cancelled while opening leaves the log to the next`() = runBlocking {
        repeat(20) {
            val opening = launch(Dispatchers.Default) { Foretap.open(file, keys, options).close() }
            yield()
            opening.cancelAndJoin()
        }
        Foretap.open(file, keys, options).close()
    }

    @Test
    fun `whoever is cancelled while erasing has erased all or nothing`() = runBlocking {
        repeat(10) {
            val keys = FixedKeys()
            val foretap = Foretap.open(file, keys, options)
            foretap.record(habit(20))
            val erasing = launch(Dispatchers.Default) { foretap.erase() }
            yield()
            erasing.cancelAndJoin()
            assertEquals(keys.isErased, !file.exists())
            foretap.close()
        }
    }

    @Test
    fun `what is stored is told for a privacy page`() {
        val places = Foretap.stored()
        val fields = places.flatMap { it.fields }
        assertTrue(places.size > 3 && fields.any { it.name == "item" || it.what.contains("item") })
        assertTrue(fields.all { it.what.isNotBlank() && it.keeping.isNotBlank() && it.readers.isNotBlank() })
    }

    @Test
    fun `a bundle that cannot be used is refused and the statistics answer alone`() = runTest {
        val broken = options.copy(model = ModelChoice.Bundle(ByteArray(100)))
        Foretap.inMemory(broken).use { foretap ->
            foretap.record(habit(50))
            assertEquals(AnsweredBy.MIXER, foretap.predict(Request(Moment.UNLOCK_OR_RESUME)).answeredBy)
            assertTrue(foretap.health().model == null && assertNotNull(foretap.health().modelRefused).isNotEmpty())
        }
        Foretap.inMemory(options.copy(model = ModelChoice.Off)).use { assertEquals(null, it.health().modelRefused) }
    }

    @Test
    fun `in-app actions are items like any other`() = runTest {
        Foretap.inMemory(options).use { foretap ->
            val actions = listOf("open tickets", "reorder", "call support").map { Item(it) }
            repeat(40) { day ->
                val at = minutes((day - 40) * 1_440)
                foretap.record(Event.launch(actions[0], at))
                foretap.record(Event.launch(actions[1], at.plusMs(MINUTE_MS)))
            }
            foretap.record(Event.launch(actions[0]))
            val next = foretap.predict(Request(Moment.NEXT, candidates = actions, surface = "widget", limit = 3))
            assertEquals(listOf(actions[1], actions[2]), next.items)
        }
    }

    @Test
    fun `a stream that fails is told with its cause and changes nothing`() {
        runBlocking {
            Foretap.inMemory(options).use { foretap ->
                foretap.record(habit(10))
                val full =
                    object : java.io.OutputStream() {
                        override fun write(b: Int) = throw java.io.IOException("no space")
                    }
                val secret = ExportSecret.Key(ByteArray(32))
                val failed = assertFailsWith<ForetapException.Stream> { foretap.exportTo(full, secret) }
                assertEquals("no space", failed.deepest().message)
                val torn =
                    object : java.io.InputStream() {
                        override fun read() = throw java.io.IOException("torn")
                    }
                val cut = assertFailsWith<ForetapException.Stream> { foretap.importFrom(torn, secret) }
                assertEquals("torn", cut.deepest().message)
                assertFailsWith<ForetapException.BadExport> {
                    foretap.importFrom(ByteArrayInputStream("no export".toByteArray()), secret)
                }
                assertEquals(10, foretap.health().events)
            }
        }
    }

    /** Coroutines put copies of an exception between it and its cause where they are debugged. */
    private fun Throwable.deepest() = generateSequence(this) { it.cause }.last()
}
