package dev.foretap.sync

import dev.foretap.Foretap
import dev.foretap.ForetapProvider
import dev.foretap.UploadConsent
import kotlinx.coroutines.test.runTest
import org.junit.Test
import java.io.File
import kotlin.test.assertContains
import kotlin.test.assertEquals
import kotlin.test.assertTrue

/** The example of the README, letter for letter. */
class SnippetTest {
    @Test
    fun `the example of uploads runs`() = runTest {
        Foretap.inMemory().use { foretap ->
            val pin = "sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
            assertEquals(2, uploads(foretap, { foretap }, byteArrayOf(1), setOf(pin)).all.count())
            assertTrue(foretap.uploadConsent().reports)
        }
    }

    @Test
    fun `it is the one that runs`() {
        val lines = File("src/test/kotlin/dev/foretap/sync/SnippetTest.kt").readLines().map { it.trim() }
        val example = lines.drop(lines.indexOf("// uploads") + 1).takeWhile { it != "// end" }
        val readme = File("../README.md").readText().lines().joinToString("\n") { it.trim() }
        assertEquals(5, example.size)
        assertContains(readme, "```kotlin\n${example.joinToString("\n")}\n```")
    }

    private suspend fun uploads(
        foretap: Foretap,
        app: ForetapProvider,
        root: ByteArray,
        pins: Set<String>,
    ): SyncSetup {
        // uploads
        foretap.setUploadConsent(UploadConsent(reports = true)) // what the person chose, and can take back at any time
        foretap.waitingUploads().forEach { println(it.text) } // what would be sent now, decoded from the very bytes
        val models = SyncSetup(SyncServer("https://foretap.example.org/models/", pins), ModelSessions(app, root))
        val uploads = SyncSetup(SyncServer("https://foretap.example.org/", pins), UploadSessions(app))
        val sync = models.then(uploads) // what the SyncProvider gives the worker: both in one go
        // end
        return sync
    }
}
