package dev.foretap

import kotlinx.coroutines.runBlocking
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import java.io.BufferedReader
import java.io.File
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertTrue

/** A process of its own that owns the log, and is killed. */
class ProcessTest {
    @get:Rule
    val folder = TemporaryFolder()

    private val options = ForetapOptions(clock = HandClock())

    @Test
    fun `a process that has the log keeps others out, and loses nothing stored when it is killed`() {
        val file = File(folder.root, "log.db")
        val process = recorder(file)
        try {
            val lines = process.inputStream.bufferedReader()
            assertEquals("1", lines.readLine())
            runBlocking { assertFailsWith<ForetapException.InUse> { Foretap.open(file, FixedKeys(), options) } }
            val acknowledged = lines.stored(atLeast = 200)
            process.destroyForcibly().waitFor()
            runBlocking {
                Foretap.open(file, FixedKeys(), options).use { foretap ->
                    assertEquals(OpenedLog.Existing, foretap.opened())
                    val stored = foretap.health().events
                    assertTrue(stored >= acknowledged, "$stored stored, $acknowledged acknowledged")
                    assertEquals(Recorded.STORED, foretap.record(Event.launch(MAIL, minutes(1_000_000))))
                    assertEquals(setOf(MAIL, MAPS), foretap.predict(Request(Moment.UNLOCK_OR_RESUME)).items.toSet())
                }
            }
        } finally {
            process.destroyForcibly().waitFor()
        }
    }

    private fun BufferedReader.stored(atLeast: Int): Int {
        var last = 1
        while (last < atLeast) last = checkNotNull(readLine()) { "the process ended after $last" }.toInt()
        return last
    }

    private fun recorder(file: File): Process {
        val java = File(System.getProperty("java.home"), "bin/java").path
        val library = "-Djna.library.path=${System.getProperty("jna.library.path")}"
        val classes = System.getProperty("surefire.test.class.path") ?: System.getProperty("java.class.path")
        return ProcessBuilder(java, library, "-Xmx256m", "-cp", classes, Recorder::class.java.name, file.path)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start()
    }

    /** Records without end and says after each event how many are stored. */
    object Recorder {
        @JvmStatic
        fun main(arguments: Array<String>): Unit = runBlocking {
            val foretap = Foretap.open(File(arguments.single()), FixedKeys(), ForetapOptions(clock = HandClock()))
            generateSequence(1) { it + 1 }.forEach { n ->
                foretap.record(Event.launch(if (n % 4 == 0) MAPS else MAIL, minutes(n)))
                println(n)
            }
        }
    }
}
