package dev.foretap.sync

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
import kotlinx.coroutines.runBlocking
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config
import java.io.File
import kotlin.test.assertEquals
import kotlin.test.assertTrue

/** A phone on what `cargo xtask sync` trained, approved, published and rolled back. */
@RunWith(RobolectricTestRunner::class)
@Config(application = TestApplication::class)
class PublishedModelsDrill {
    @get:Rule
    val folder = TemporaryFolder()

    private val drill = File(checkNotNull(System.getProperty("foretap.drill")))

    @Test
    fun `what was published answers, and what was rolled back answers no longer`() = runBlocking {
        val now = Timestamp(System.currentTimeMillis(), 0)
        val foretap = Foretap.open(File(folder.root, "log.db"), Keys, ForetapOptions(clock = { now }))
        foretap.record(
            (1..300).map { n ->
                Event.launch(Item(if (n % 5 == 0) "maps" else "mail"), now.plusMs((n - 301) * 420_000L))
            },
        )
        TlsServer().use { server ->
            server.serve(File(drill, "published"))
            assertTrue(synchronise(server, foretap) is Result.Success)
            assertTrue("delta" in server.paths().map { it.substringBefore('/') }, "it came by delta")
            assertEquals("v1.1", version(foretap))
            server.serve(File(drill, "rolled_back"))
            assertTrue(synchronise(server, foretap) is Result.Success)
            assertEquals("v1.0", version(foretap))
        }
        foretap.close()
    }

    private suspend fun version(foretap: Foretap): String? {
        val ranking = foretap.predict(Request(Moment.UNLOCK_OR_RESUME))
        assertTrue(ranking.predictions.isNotEmpty())
        return ranking.model?.substringAfterLast(' ')
    }

    private suspend fun synchronise(server: TlsServer, foretap: Foretap): Result {
        val application = RuntimeEnvironment.getApplication() as TestApplication
        val sessions = ModelSessions(ForetapProvider { foretap }, File(drill, "root").readBytes())
        application.setup = { SyncSetup(server.server(), sessions) }
        return TestListenableWorkerBuilder
            .from(application, SyncWorker::class.java)
            .setInputData(SyncSchedule().periodic().workSpec.input)
            .build()
            .doWork()
    }

    private object Keys : KeyProvider {
        override fun load() =
            LogKeys(ByteArray(LogKeys.KEY_BYTES), ByteArray(LogKeys.SALT_BYTES), ByteArray(LogKeys.SECRET_BYTES))

        override fun erase() = Unit
    }
}
