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
import java.io.File
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertTrue

@RunWith(RobolectricTestRunner::class)
class KeystoreKeysTest {
    @get:Rule
    val folder = TemporaryFolder()

    private val file: File get() = File(folder.root, "foretap/log.keys")

    @Before
    fun keystore() = FakeKeystore.install()

    @Test
    fun `keys are made once, are random, and lie wrapped`() {
        val first = KeystoreKeys(file, "foretap").load()
        assertContentEquals(first.key, KeystoreKeys(file, "foretap").load().key)
        assertContentEquals(first.salt, KeystoreKeys(file, "foretap").load().salt)
        assertContentEquals(first.pseudonymSecret, KeystoreKeys(file, "foretap").load().pseudonymSecret)
        val other = KeystoreKeys(File(folder.root, "other.keys"), "other").load()
        assertFalse(first.key.contentEquals(other.key))
        val stored = String(file.readBytes(), Charsets.ISO_8859_1)
        assertFalse(String(first.key, Charsets.ISO_8859_1) in stored)
    }

    @Test
    fun `a keystore that fails now and then is asked again, and nothing is deleted`() {
        val key = KeystoreKeys(file, "foretap").load().key
        val before = file.readBytes()
        FakeKeystore.failures = 2
        assertContentEquals(key, KeystoreKeys(file, "foretap").load().key)
        FakeKeystore.failures = 3
        assertFailsWith<ForetapException.KeyUnavailable> { KeystoreKeys(file, "foretap").load() }
        assertContentEquals(before, file.readBytes())
        assertContentEquals(key, KeystoreKeys(file, "foretap").load().key)
    }

    @Test
    fun `a keystore that fails while keys are made leaves none behind`() {
        FakeKeystore.failures = 3
        assertFailsWith<ForetapException.KeyUnavailable> { KeystoreKeys(file, "foretap").load() }
        assertFalse(file.exists())
        KeystoreKeys(file, "foretap").load()
    }

    @Test
    fun `a key that is lost is said and nothing is deleted`() {
        KeystoreKeys(file, "foretap").load()
        val before = file.readBytes()
        val kept = FakeKeystore.keys.toMap()
        FakeKeystore.keys.clear()
        assertFailsWith<ForetapException.KeyLost> { KeystoreKeys(file, "foretap").load() }
        assertContentEquals(before, file.readBytes())
        FakeKeystore.keys.putAll(kept)
        KeystoreKeys(file, "foretap").load()
    }

    @Test
    fun `a keystore that says of every key that there is none is not believed`() {
        val key = KeystoreKeys(file, "foretap").load().key
        FakeKeystore.isAmnesic = true
        assertFailsWith<ForetapException.KeyUnavailable> { KeystoreKeys(file, "foretap").load() }
        FakeKeystore.isAmnesic = false
        assertContentEquals(key, KeystoreKeys(file, "foretap").load().key)
        assertEquals(setOf("foretap.0"), FakeKeystore.keys.keys)
    }

    @Test
    fun `threads that open at once make one pair of keys`() {
        val keys =
            (0 until 16)
                .toList()
                .parallelStream()
                .map {
                    KeystoreKeys(
                        file,
                        "foretap",
                    ).load().key.toList()
                }.toList()
        assertEquals(1, keys.toSet().size)
        assertEquals(1, FakeKeystore.keys.size)
    }

    @Test
    fun `a file of keys that was not written as told is no file of keys`() {
        // A folder lies where the file would go: nothing can be renamed to it.
        File(file, "in the way").apply { parentFile?.mkdirs() }.writeText("x")
        assertFailsWith<ForetapException> { KeystoreKeys(file, "foretap").load() }
        file.deleteRecursively()
        KeystoreKeys(file, "foretap").load()
    }

    @Test
    fun `a file that was changed, cut off or of another format is a lost key, and stays`() {
        KeystoreKeys(file, "foretap").load()
        val whole = file.readBytes()
        for (damaged in listOf(
            whole.copyOf(whole.size - 1),
            whole + 1,
            ByteArray(0),
            whole.flipped(0),
            whole.flipped(50),
        )) {
            file.writeBytes(damaged)
            assertFailsWith<ForetapException.KeyLost> { KeystoreKeys(file, "foretap").load() }
            assertContentEquals(damaged, file.readBytes())
        }
    }

    @Test
    fun `rotating wraps the same keys with a new one and forgets the old`() {
        val keys = KeystoreKeys(file, "foretap")
        val key = keys.load().key
        val before = file.readBytes()
        keys.rotate()
        assertContentEquals(key, keys.load().key)
        assertFalse(before.contentEquals(file.readBytes()))
        assertEquals(setOf("foretap.1"), FakeKeystore.keys.keys)
        FakeKeystore.failures = 3
        assertFailsWith<ForetapException.KeyUnavailable> { keys.rotate() }
        assertContentEquals(key, keys.load().key)
        repeat(130) { keys.rotate() }
        assertContentEquals(key, KeystoreKeys(file, "foretap").load().key)
    }

    @Test
    fun `erasing leaves neither file nor key`() {
        KeystoreKeys(file, "foretap").load()
        val others = listOf("other", "foretap.second", "foretap2").map { KeystoreKeys(File(folder.root, it), it) }
        others.forEach { it.load() }
        KeystoreKeys(file, "foretap").erase()
        assertFalse(file.exists())
        assertEquals(setOf("other.0", "foretap.second.0", "foretap2.0"), FakeKeystore.keys.keys)
        others.forEach { it.load() }
    }

    @Test
    fun `an app's log goes on after its process, is refused without its key, and starts over when told to`() = runTest {
        val context = RuntimeEnvironment.getApplication()
        Foretap.open(context).use { it.record(Event.launch(MAIL, MONDAY)) }
        val log = File(context.noBackupFilesDir, "foretap/log.db")
        assertTrue(log.exists(), "where no backup takes it")
        Foretap.open(context).use { assertEquals(1, it.health().events) }
        FakeKeystore.keys.clear()
        assertFailsWith<ForetapException.KeyLost> { Foretap.open(context) }
        assertTrue(log.exists(), "nothing is deleted on an error of the keystore")
        Foretap.eraseAt(context)
        assertFalse(log.exists())
        Foretap.open(context).use { assertEquals(OpenedLog.Created, it.opened()) }
    }

    @Test
    fun `erasing an app's log leaves nothing in its folder, other modules' files neither`() = runTest {
        val context = RuntimeEnvironment.getApplication()
        val folder = File(context.noBackupFilesDir, "foretap")
        for (erase in listOf<
            suspend (
                Foretap,
            ) -> Unit,
        >({ it.erase() }, { it.close().also { Foretap.eraseAt(context) } })) {
            val foretap = Foretap.open(context)
            foretap.record(habit(10))
            File(folder, "usage.mark").writeText("of another module")
            erase(foretap)
            assertFalse(folder.exists())
            assertTrue(FakeKeystore.keys.isEmpty())
        }
    }

    private fun ByteArray.flipped(at: Int) = copyOf().also { it[at] = (it[at] + 1).toByte() }
}
