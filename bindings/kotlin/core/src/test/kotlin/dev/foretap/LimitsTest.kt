package dev.foretap


import kotlinx.coroutines.test.runTest
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import java.io.ByteArrayOutputStream
import java.io.File
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertTrue

class LimitsTest {
    @get:Rule
    val folder = TemporaryFolder()

    private val options = ForetapOptions(clock = HandClock())

    @Test
    fun `what is at a limit is accepted and what is beyond is refused`() = runTest {
        Foretap.inMemory(options).use { foretap ->
            val fine: List<suspend () -> Unit> = listOf(
                { foretap.record(Event.launch(Item("x".repeat(256)), MONDAY)) },
                { foretap.record(Event.launch(Item("x", Int.MAX_VALUE), MONDAY)) },
                { foretap.record(Event.unlock(Timestamp(MONDAY.epochMs, 1_080))) },
                { foretap.record(Event.unlock(Timestamp(MONDAY.epochMs, -1_080))) },
                { foretap.record(Event.unlock(MONDAY, PhoneContext(place = "p".repeat(64)))) },
                { foretap.record(Event(EventKind.Impression(MAIL, "s".repeat(64), 255, 1.0), MONDAY)) },
                { foretap.record(Event(EventKind.Impression(MAIL, "s", 0, 1e-9), MONDAY)) },
                { foretap.predict(Request(limit = 1)) },
                { foretap.predict(Request(limit = 64)) },
                { foretap.predict(Request(moveCost = 1.0)) },
                { foretap.predict(Request(exploration = Exploration(1.0, -1))) },
                { foretap.predict(Request(candidates = (0 until 4_096).map { Item("$it") })) },
                { foretap.undo(foretap.decide(Control.Pin(MAIL, 63))) },
                { foretap.undo(foretap.decide(Control.HalfLife(MAIL, 3_650))) },
                { foretap.exportTo(ByteArrayOutputStream(), ExportSecret.Passphrase("x".repeat(8))) },
                { Foretap.inMemory(options.copy(retentionDays = 65_535)).close() },
            )
            fine.forEach { it() }
            val beyond: List<suspend () -> Unit> = listOf(
                { foretap.record(Event.launch(Item("x".repeat(257)), MONDAY)) },
                { foretap.record(Event.launch(Item(""), MONDAY)) },
                { foretap.record(Event.launch(Item("a\nb"), MONDAY)) },
                { Item("x", -1) },
                { foretap.record(Event.unlock(Timestamp(MONDAY.epochMs, 1_081))) },
                { foretap.record(Event.unlock(Timestamp(MONDAY.epochMs, 1_000_000))) },
                { foretap.record(Event.unlock(Timestamp(Long.MAX_VALUE, 0))) },
                { foretap.record(Event.unlock(MONDAY, PhoneContext(place = "p".repeat(65)))) },
                { foretap.record(Event(EventKind.Impression(MAIL, "s", 256), MONDAY)) },
                { foretap.record(Event(EventKind.Impression(MAIL, "s", 0, 0.0), MONDAY)) },
                { foretap.record(Event(EventKind.Impression(MAIL, "s", 0, Double.NaN), MONDAY)) },
                { foretap.predict(Request(limit = 0)) },
                { foretap.predict(Request(limit = 65)) },
                { foretap.predict(Request(limit = -1)) },
                { foretap.predict(Request(surface = "")) },
                { foretap.predict(Request(moveCost = 1.01)) },
                { foretap.predict(Request(exploration = Exploration(-0.1, 1))) },
                { foretap.prepare(Request(candidates = (0 until 4_097).map { Item("$it") })) },
                { foretap.decide(Control.Pin(MAIL, 64)) },
                { foretap.decide(Control.Pin(MAIL, -1)) },
                { foretap.decide(Control.HalfLife(MAIL, 0)) },
                { foretap.decide(Control.HalfLife(MAIL, 70_000)) },
                { foretap.decide(Control.HideProfile(-1)) },
                { foretap.decide(Control.Unnamed(true)) },
                { foretap.exportTo(ByteArrayOutputStream(), ExportSecret.Passphrase("x".repeat(7))) },
                { foretap.exportTo(ByteArrayOutputStream(), ExportSecret.Key(ByteArray(31))) },
                { Foretap.inMemory(options.copy(retentionDays = 0)) },
                { Foretap.inMemory(options.copy(retentionBytes = -1)) },
                { LogKeys(ByteArray(31), ByteArray(16), ByteArray(32)) },
                { Pseudonyms(ByteArray(31)).userId("ada") },
                { foretap.pseudonyms.place(90.1, 0.0) },
            )
            beyond.forEachIndexed { number, call ->
                assertFailsWith<ForetapException.InvalidArgument>("number $number") { call() }
            }
        }
    }

    @Test
    fun `no message shows what it refuses`() = runTest {
        Foretap.inMemory(options).use { foretap ->
            val canary = "canary-" + "x".repeat(300)
            val refused = assertFailsWith<ForetapException> { foretap.record(Event.launch(Item(canary), MONDAY)) }
            assertFalse(refused.toString().contains("canary"))
            assertFalse(refused.stackTraceToString().contains("canary-"))
        }
    }

    @Test
    fun `another key is refused and nothing is changed`() = runTest {
        val file = File(folder.root, "log.db")
        Foretap.open(file, FixedKeys(7), options).use { it.record(habit(20)) }
        val before = file.readBytes()
        assertFailsWith<ForetapException.KeyMismatch> { Foretap.open(file, FixedKeys(8), options) }
        assertTrue(before.contentEquals(file.readBytes()))
        Foretap.open(file, FixedKeys(7), options).use { assertEquals(20, it.health().events) }
    }

    @Test
    fun `a second engine on the same log is told that it is in use, and gets it afterwards`() = runTest {
        val file = File(folder.root, "log.db")
        Foretap.open(file, FixedKeys(), options).use {
            assertFailsWith<ForetapException.InUse> { Foretap.open(file, FixedKeys(), options) }
        }
        Foretap.open(file, FixedKeys(), options).close()
    }

    @Test
    fun `a folder in the log's place is refused`() = runTest {
        val file = folder.newFolder("log.db")
        assertFailsWith<ForetapException.InvalidArgument> { Foretap.open(file, FixedKeys(), options) }
        assertTrue(file.isDirectory)
    }

    @Test
    fun `a damaged log is set aside and what its snapshot knew goes on`() = runTest {
        val file = File(folder.root, "log.db")
        Foretap.open(file, FixedKeys(), options).use {
            it.record(habit(100))
            it.maintain()
        }
        file.writeBytes(ByteArray(file.length().toInt()) { 1 })
        File(folder.root, "log.db-wal").delete()
        Foretap.open(file, FixedKeys(), options).use { foretap ->
            assertEquals(OpenedLog.SetAside(restored = true), foretap.opened())
            assertEquals(1, foretap.health().resets)
            assertEquals(MAIL, foretap.predict(Request(Moment.UNLOCK_OR_RESUME)).items.first())
        }
    }
}
