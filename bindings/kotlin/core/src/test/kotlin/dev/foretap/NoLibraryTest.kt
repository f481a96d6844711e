package dev.foretap

import dev.foretap.fakes.FakeKeystore
import kotlinx.coroutines.test.runTest
import org.junit.Before
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config
import java.io.File
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertTrue

/** Run where the native library cannot be found, as in a build that lacks the phone's processor. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35])
class NoLibraryTest {
    @get:Rule
    val elsewhere = TemporaryFolder()

    private val context = RuntimeEnvironment.getApplication()
    private val folder = File(context.noBackupFilesDir, "foretap")
    private val log get() = File(elsewhere.root, "logs/log.db")

    @Before
    fun keystore() = FakeKeystore.install()

    @Test
    fun `whatever needs the library says that there is none, the first time and afterwards`() = runTest {
        val pseudonyms = Pseudonyms(ByteArray(LogKeys.SECRET_BYTES))
        val calls =
            listOf<suspend () -> Any>(
                { Foretap.open(context) },
                { Foretap.open(log, FixedKeys()) },
                { Foretap.inMemory() },
                { Foretap.stored() },
                { pseudonyms.place(1.0, 2.0) },
                { pseudonyms.token("bssid", "x") },
                { pseudonyms.userId("ada") },
                { pseudonyms.deviceId("ada") },
            )
        repeat(2) { round ->
            calls.forEachIndexed { number, call ->
                val failure = assertFailsWith<ForetapException.NoLibrary>("call $number, round $round") { call() }
                assertEquals("this build has no native library for this phone", failure.message)
                assertTrue(generateSequence<Throwable>(failure) { it.cause }.any { it is LinkageError })
            }
        }
    }

    @Test
    fun `what cannot be opened leaves neither a key nor a folder`() = runTest {
        assertFailsWith<ForetapException.NoLibrary> { Foretap.open(context) }
        assertFailsWith<ForetapException.NoLibrary> { Foretap.open(log, FixedKeys()) }
        assertTrue(FakeKeystore.keys.isEmpty())
        assertFalse(folder.exists())
        assertFalse(checkNotNull(log.parentFile).exists())
    }

    @Test
    fun `an app's log is erased all the same, with its keys and what lies beside it`() = runTest {
        KeystoreKeys(File(folder, "log.keys"), "dev.foretap.log").load()
        for (name in listOf(
            "log.db",
            "log.db-wal",
            "usage.mark",
        )) {
            File(folder, name).writeText("of a build that had it")
        }
        Foretap.eraseAt(context)
        assertFalse(folder.exists())
        assertTrue(FakeKeystore.keys.isEmpty())
    }
}
