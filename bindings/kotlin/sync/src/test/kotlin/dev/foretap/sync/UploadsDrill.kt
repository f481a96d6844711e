package dev.foretap.sync

import androidx.work.Data
import androidx.work.ListenableWorker.Result
import androidx.work.testing.TestListenableWorkerBuilder
import dev.foretap.Event
import dev.foretap.EventKind
import dev.foretap.Foretap
import dev.foretap.ForetapOptions
import dev.foretap.Item
import dev.foretap.Timestamp
import dev.foretap.UploadConsent
import kotlinx.coroutines.runBlocking
import okhttp3.CertificatePinner
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config
import java.io.File
import java.security.KeyStore
import java.security.cert.CertificateFactory
import java.security.cert.X509Certificate
import kotlin.test.assertEquals
import kotlin.test.assertTrue

/** A phone whose uploads go to the receiver that `cargo xtask uploads` runs. */
@RunWith(RobolectricTestRunner::class)
@Config(application = TestApplication::class)
class UploadsDrill {
    private val drill = File(checkNotNull(System.getProperty("foretap.drill")))
    private var now = Timestamp(System.currentTimeMillis() - DAYS * DAY_MS, 0)

    @Test
    fun `what was allowed and shown arrives at the receiver`() = runBlocking {
        Foretap.inMemory(ForetapOptions(clock = { now })).use { foretap ->
            foretap.setUploadConsent(UploadConsent(reports = true, samples = true))
            repeat(DAYS) { foretap.record(day()) }
            val shown = foretap.waitingUploads()
            val names = shown.flatMap { SAMPLE.findAll(it.text).map { found -> found.groupValues[1] } }
            assertTrue(names.size > DAYS, "a sample of most days")
            assertEquals(DONE, upload(foretap))
            assertTrue(foretap.waitingUploads().isEmpty())
            File(drill, "kotlin.sent").writeText(names.joinToString("\n"))
        }
    }

    /** A day with a dozen unlocks, after each of which something is opened. */
    private fun day(): List<Event> {
        val start = now
        now = now.plusMs(DAY_MS)
        return (0 until 12).flatMap { n ->
            val at = start.plusMs(n * 1_800_000L)
            val item = Item(listOf("mail", "maps", "news", "chat")[n * n % 4])
            listOf(Event.unlock(at), Event(EventKind.Launch(item), at.plusMs(2_000)))
        }
    }

    private suspend fun upload(foretap: Foretap): Result {
        val certificate = trusted(File(drill, "receiver/tls/cert.pem"))
        val address = File(drill, "address").readText().trim().substringAfterLast(':')
        val server = SyncServer("https://localhost:$address/", setOf(CertificatePinner.pin(certificate)))
        val application = RuntimeEnvironment.getApplication() as TestApplication
        application.setup = { SyncSetup(server, UploadSessions { foretap.beginUpload() }) }
        return TestListenableWorkerBuilder
            .from(application, SyncWorker::class.java)
            .setInputData(SyncSchedule().periodic().workSpec.input)
            .build()
            .doWork()
    }

    /** Makes the JVM's trust store this certificate alone. */
    private fun trusted(pem: File): X509Certificate {
        val certificate = pem.inputStream().use { CertificateFactory.getInstance("X.509").generateCertificate(it) }
        val store = KeyStore.getInstance("PKCS12").apply { load(null) }
        store.setCertificateEntry("receiver", certificate)
        val file = File.createTempFile("trusted", ".p12").apply { deleteOnExit() }
        file.outputStream().use { store.store(it, "changeit".toCharArray()) }
        System.setProperty("javax.net.ssl.trustStore", file.path)
        System.setProperty("javax.net.ssl.trustStoreType", "PKCS12")
        System.setProperty("javax.net.ssl.trustStorePassword", "changeit")
        return certificate as X509Certificate
    }

    private companion object {
        const val DAYS = 5
        const val DAY_MS = 86_400_000L
        val SAMPLE = Regex("- sample ([0-9a-f]{32})")
        val DONE: Result = Result.success(Data.Builder().putBoolean(SyncWorker.MODEL_CHANGED, false).build())
    }
}
