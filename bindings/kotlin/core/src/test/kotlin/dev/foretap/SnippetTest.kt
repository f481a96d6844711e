package dev.foretap

import android.content.Context
import dev.foretap.fakes.FakeKeystore
import kotlinx.coroutines.test.runTest
import org.junit.After
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import java.io.ByteArrayOutputStream
import java.io.File
import java.io.PrintStream
import kotlin.test.assertContains
import kotlin.test.assertEquals

/** The examples of the READMEs, letter for letter. */
@RunWith(RobolectricTestRunner::class)
class SnippetTest {
    private val output = ByteArrayOutputStream()
    private val standard = System.out

    @Before
    fun listen() {
        FakeKeystore.install()
        System.setOut(PrintStream(output, true))
    }

    @After
    fun stop() = System.setOut(standard)

    @Test
    fun `the five lines run and print what was opened`() = runTest {
        launcher(RuntimeEnvironment.getApplication())
        assertContains(output.toString(), "com.example.mail: ")
    }

    @Test
    fun `in-app actions run and print the likeliest next one`() = runTest {
        Foretap.inMemory().use { actions(it) }
        assertContains(output.toString(), "reorder")
    }

    @Test
    fun `the examples are the ones that run`() {
        assertEquals(listOf(example("launcher")), kotlinIn("README.md"))
        assertEquals(listOf(example("launcher"), example("actions")), kotlinIn("bindings/kotlin/README.md").take(2))
    }

    private fun example(name: String): List<String> {
        val lines = File("src/test/kotlin/dev/foretap/SnippetTest.kt").readLines().map { it.trim() }
        return lines.drop(lines.indexOf("// $name") + 1).takeWhile { it != "// end" }
    }

    private fun kotlinIn(readme: String) = source(readme)
        .readText()
        .split("```kotlin\n")
        .drop(1)
        .map { snippet -> snippet.substringBefore("```").trim().lines().map { it.trim() } }

    private suspend fun launcher(context: Context) {
        // launcher
        val foretap = Foretap.open(context) // encrypted; the key stays in the Android Keystore
        for (app in listOf("mail", "maps")) foretap.record(Event.launch(Item("com.example.$app"))) // when one is opened
        val ranking = foretap.predict(Request(limit = 5)) // UnlockPredictor.rankings has one for each unlock
        ranking.predictions.forEach { println("${it.item.id}: ${foretap.why(it).first()}") }
        foretap.close()
        // end
    }

    private suspend fun actions(foretap: Foretap) {
        // actions
        val actions = listOf("open tickets", "reorder", "call support").map { Item(it) }
        foretap.record(Event.launch(actions[0])) // whenever the person does one of them
        val next = foretap.predict(Request(Moment.NEXT, candidates = actions, surface = "widget", limit = 3))
        println(next.items.map { it.id }) // what to show, to prefetch, to offer as shortcuts
        // end
    }
}
