package dev.foretap


import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.newFixedThreadPoolContext
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.DelicateCoroutinesApi
import kotlinx.coroutines.ExperimentalCoroutinesApi
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import java.io.File
import java.util.concurrent.atomic.AtomicInteger
import kotlin.test.assertEquals
import kotlin.test.assertTrue

@OptIn(DelicateCoroutinesApi::class, ExperimentalCoroutinesApi::class)
class ThreadsTest {
    @get:Rule
    val folder = TemporaryFolder()

    private val options = ForetapOptions(clock = HandClock())

    @Test
    fun `sixteen threads record and ask at once and nothing is lost`() {
        val foretap = runBlocking { Foretap.open(File(folder.root, "log.db"), FixedKeys(), options) }
        newFixedThreadPoolContext(THREADS, "host").use { pool ->
            runBlocking {
                val work = (0 until THREADS).map { thread ->
                    async(pool) {
                        repeat(EACH) { n ->
                            foretap.record(Event.launch(Item("item ${n % 7}"), minutes(n * THREADS + thread)))
                            if (n % 5 == 0) assertTrue(foretap.predict().predictions.size <= 5)
                            if (n % 20 == 0) foretap.health()
                        }
                    }
                }
                work.awaitAll()
                assertEquals((THREADS * EACH).toLong(), foretap.health().events)
            }
        }
        foretap.close()
    }

    @Test
    fun `closing while threads ask ends in answers or in closed, never in a crash`() {
        val foretap = runBlocking { Foretap.open(File(folder.root, "log.db"), FixedKeys(), options) }
        val refused = AtomicInteger()
        newFixedThreadPoolContext(THREADS, "host").use { pool ->
            runBlocking {
                val asking = (0 until THREADS).map { thread ->
                    async(pool) {
                        repeat(EACH) { n ->
                            try {
                                foretap.record(Event.launch(MAIL, minutes(n * THREADS + thread)))
                            } catch (_: ForetapException.Closed) {
                                refused.incrementAndGet()
                            }
                        }
                    }
                }
                launch(Dispatchers.IO) { repeat(3) { foretap.close() } }
                asking.awaitAll()
            }
        }
        val stored = runBlocking { Foretap.open(File(folder.root, "log.db"), FixedKeys(), options).use { it.health().events } }
        assertEquals((THREADS * EACH - refused.get()).toLong(), stored)
    }

    @Test
    fun `a cancelled call leaves the engine usable`() {
        runBlocking {
            Foretap.inMemory(options).use { foretap ->
                foretap.record(habit(100))
                repeat(50) {
                    val asking = launch(Dispatchers.Default) { repeat(100) { foretap.predict() } }
                    asking.cancelAndJoin()
                }
                assertEquals(100, foretap.health().events)
            }
        }
    }

    private companion object {
        const val THREADS = 16
        const val EACH = 60
    }
}
