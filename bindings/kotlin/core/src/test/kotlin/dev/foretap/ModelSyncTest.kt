package dev.foretap

import dev.foretap.fakes.Publisher
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.test.runTest
import kotlinx.coroutines.yield
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import java.io.File
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertNull
import kotlin.test.assertTrue

class ModelSyncTest {
    @get:Rule
    val folder = TemporaryFolder()

    private val clock = HandClock()
    private val options = ForetapOptions(clock = clock)
    private val publisher by lazy { Publisher(folder.newFolder(), MONDAY.epochMs / 1_000) }

    @Test
    fun `a run leaves another model, and the next one nothing to do`() = withHabits { foretap ->
        publisher.publish(SUCCESSOR, base = Publisher.shipped)
        assertEquals(OLD, foretap.predict(QUESTION).model)
        val (kinds, report) = synchronised(foretap)
        assertEquals(listOf("root", "timestamp", "release", "delta"), kinds)
        val activated = ModelSyncConclusion.ACTIVATED
        assertEquals(ModelSyncReport(ModelSyncEnding.FETCHED, null, activated, true, 1, NEW), report)
        assertEquals(NEW, foretap.predict(QUESTION).model)
        assertEquals(NEW, foretap.health().model)
        val (again, nothing) = synchronised(foretap)
        assertEquals(listOf("root", "timestamp"), again)
        assertEquals(ModelSyncReport(ModelSyncEnding.UP_TO_DATE, null, null, false, 1, NEW), nothing)
    }

    @Test
    fun `what is withdrawn gives way to the model that the library ships`() = withHabits { foretap ->
        publisher.publish(SUCCESSOR)
        synchronised(foretap)
        publisher.publish(null)
        val (_, report) = synchronised(foretap)
        assertEquals(ModelSyncReport(ModelSyncEnding.WITHDRAWN, null, null, true, 2, OLD), report)
        assertEquals(OLD, foretap.predict(QUESTION).model)
    }

    @Test
    fun `a file that was changed is refused in words and changes nothing`() = withHabits { foretap ->
        publisher.publish(SUCCESSOR)
        val timestamp = File(publisher.repository, "timestamp")
        timestamp.writeBytes(timestamp.readBytes().apply { this[size - 1] = (this[size - 1] + 1).toByte() })
        val (_, report) = synchronised(foretap)
        assertEquals(ModelSyncEnding.REFUSED, report.ending)
        assertTrue("timestamp" in report.refusal.orEmpty(), report.refusal)
        assertEquals(OLD, foretap.predict(QUESTION).model)
        assertNull(report.release)
    }

    @Test
    fun `rankings are answered while a model is rehearsed`() = withHabits { foretap ->
        publisher.publish(SUCCESSOR)
        val sync = foretap.beginModelSync(publisher.root)
        carriedOut(sync)
        var answers = 0
        val finishing = async(Dispatchers.Default) { sync.finish() }
        while (finishing.isActive) {
            assertTrue(foretap.predict(QUESTION).predictions.isNotEmpty())
            answers += 1
        }
        assertEquals(ModelSyncConclusion.ACTIVATED, finishing.await().conclusion)
        // Were they to wait for it, there would be one or two.
        assertTrue(answers > 10, "$answers")
    }

    @Test
    fun `a run that is closed keeps what it fetched`() = withHabits { foretap ->
        publisher.publish(SUCCESSOR)
        val closed = foretap.beginModelSync(publisher.root)
        assertEquals(listOf("root", "timestamp", "release", "bundle"), carriedOut(closed))
        repeat(2) { closed.close() }
        assertFailsWith<ForetapException.Closed> { closed.finish() }
        assertEquals(OLD, foretap.predict(QUESTION).model)
        val (kinds, report) = synchronised(foretap)
        assertEquals(listOf("root", "timestamp"), kinds)
        assertEquals(NEW, report.model)
    }

    @Test
    fun `whoever is cancelled while a run is finished has finished it or not`() = withHabits { foretap ->
        publisher.publish(SUCCESSOR)
        val sync = foretap.beginModelSync(publisher.root)
        carriedOut(sync)
        val finishing = launch(Dispatchers.Default) { sync.finish() }
        yield()
        finishing.cancelAndJoin()
        sync.close()
        synchronised(foretap)
        assertEquals(NEW, foretap.predict(QUESTION).model)
    }

    @Test
    fun `a run is over once it was finished`() = withHabits { foretap ->
        val sync = foretap.beginModelSync(publisher.root)
        sync.absent(Absence.UNREACHABLE)
        assertNull(sync.next())
        assertEquals(ModelSyncEnding.UNREACHABLE, sync.finish().ending)
        assertFailsWith<ForetapException.Closed> { sync.finish() }
        assertFalse(sync.received(ByteArray(1)))
        sync.completed()
        assertNull(sync.next())
        sync.close()
    }

    @Test
    fun `a file that is too long is no longer wanted`() = withHabits { foretap ->
        val sync = foretap.beginModelSync(publisher.root)
        val root = checkNotNull(sync.next())
        assertEquals("root/2", root.path)
        assertFalse(sync.received(ByteArray(root.maxBytes.toInt() + 1)))
        assertNull(sync.next())
        assertEquals(ModelSyncEnding.REFUSED, sync.finish().ending)
    }

    @Test
    fun `what cannot be used is refused before anything is fetched`() = withHabits { foretap ->
        assertFailsWith<ForetapException.InvalidArgument> { foretap.beginModelSync(byteArrayOf(1, 2, 3)) }
        assertFailsWith<ForetapException.InvalidArgument> { foretap.beginModelSync(publisher.root, channel = "") }
        Foretap.inMemory(options.copy(model = ModelChoice.Off)).use { own ->
            assertFailsWith<ForetapException.InvalidArgument> { own.beginModelSync(publisher.root) }
        }
        val sync = foretap.beginModelSync(publisher.root)
        foretap.close()
        assertFailsWith<ForetapException.Closed> { foretap.beginModelSync(publisher.root) }
        sync.absent(Absence.UNREACHABLE)
        assertFailsWith<ForetapException.Closed> { sync.finish() }
        foretap.close()
    }

    @Test
    fun `a run of a closed log is closed without a word`() = runTest {
        val foretap = Foretap.inMemory(options)
        val sync = foretap.beginModelSync(publisher.root)
        foretap.close()
        sync.close()
    }

    private fun withHabits(test: suspend CoroutineScope.(Foretap) -> Unit) = runBlocking {
        Foretap.inMemory(options).use { foretap ->
            foretap.record(habit(300))
            test(foretap)
        }
    }

    private suspend fun synchronised(foretap: Foretap): Pair<List<String>, ModelSyncReport> {
        val sync = foretap.beginModelSync(publisher.root)
        return carriedOut(sync) to sync.finish()
    }

    /** Fetches all that is wanted from the folder; the kinds of what was asked for. */
    private fun carriedOut(sync: ModelSync): List<String> = generateSequence { sync.next() }
        .map { wanted ->
            val file = File(publisher.repository, wanted.path)
            if (!file.exists()) {
                sync.absent(Absence.MISSING)
            } else if (sync.received(file.readBytes())) {
                sync.completed()
            }
            wanted.path.substringBefore('/')
        }.toList()

    private companion object {
        val SUCCESSOR = Publisher.successor()
        val OLD = Publisher.nameOf(Publisher.shipped)
        val NEW = Publisher.nameOf(SUCCESSOR)
        val QUESTION = Request(Moment.UNLOCK_OR_RESUME)
    }
}
