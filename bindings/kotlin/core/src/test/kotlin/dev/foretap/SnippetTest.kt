package dev.foretap


import android.content.Context
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

/** The README's example, letter for letter. */
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
    fun `the example of the README runs`() = runTest {
        example(RuntimeEnvironment.getApplication())
        assertContains(output.toString(), "com.example.mail")
    }

    @Test
    fun `the example of the README is the one that runs`() {
        val lines = File("src/test/kotlin/dev/foretap/SnippetTest.kt").readLines().map { it.trim() }
        val example = lines.subList(lines.indexOf("// example"), lines.indexOf("// end of the example")).drop(1)
        for (readme in listOf(source("README.md"), source("bindings/kotlin/README.md"))) {
            val snippet = readme.readText().substringAfter("```kotlin\n").substringBefore("```").trim().lines()
            assertEquals(example, snippet.map { it.trim() }, readme.name)
        }
    }

    private suspend fun example(context: Context) {
        // example
        val foretap = Foretap.open(context) // encrypted; the key stays in the Android Keystore
        for (app in listOf("mail", "maps")) foretap.record(Event.launch(Item("com.example.$app"))) // whenever one is opened
        val ranking = foretap.predict(Request(limit = 5)) // or at every unlock: UnlockPredictor(context, foretap).rankings
        ranking.predictions.forEach { println("${it.item.id}: ${foretap.why(it).first()}") }
        foretap.close()
        // end of the example
    }
}
