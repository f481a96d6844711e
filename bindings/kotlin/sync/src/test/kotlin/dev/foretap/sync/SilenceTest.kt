package dev.foretap.sync

import kotlinx.coroutines.runBlocking
import mockwebserver3.SocketEffect
import org.junit.After
import org.junit.Before
import org.junit.Test
import java.util.logging.Handler
import java.util.logging.Level
import java.util.logging.LogRecord
import java.util.logging.Logger
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertTrue

class SilenceTest {
    private val server = TlsServer()
    private val root = Logger.getLogger("")
    private val written = StringBuffer()
    private val level = root.level
    private val handler =
        object : Handler() {
            override fun publish(record: LogRecord) {
                val text = "${record.loggerName} ${record.message} ${record.parameters?.toList()} ${record.thrown}"
                written.append(text).append('\n')
            }

            override fun flush() = Unit

            override fun close() = Unit
        }

    @Before
    fun listen() {
        handler.level = Level.ALL
        root.addHandler(handler)
        root.level = Level.ALL
    }

    @After
    fun close() {
        root.removeHandler(handler)
        root.level = level
        server.close()
    }

    @Test
    fun `neither failures nor the most talkative log name a path or a content`() {
        server.answer { code(404).body("canary") }
        server.answer { code(302).addHeader("Location", "https://canary.example.org/") }
        server.answer { body("canary").onResponseBody(SocketEffect.CloseSocket()) }
        server.answer { onResponseStart(SocketEffect.Stall) }
        server.answer { code(500).body("canary") }
        server.answer { code(202) }
        val failures = mutableListOf<TransportFailure>()
        HttpsTransport(server.server()).use { transport ->
            runBlocking {
                repeat(3) { failures += listOfNotNull(transport.failureOfFetch()) }
                HttpsTransport(server.server(), FetchTest.HASTY).use { failures += listOfNotNull(it.failureOfFetch()) }
                repeat(2) {
                    val posted = transport.post(post("canary", "canary".encodeToByteArray()))
                    (posted as? Posted.Failed)?.let { failures += it.failure }
                }
            }
        }
        assertEquals(5, failures.size, "$failures")
        assertFalse("canary" in "$failures ${failures.map { it.outcome() }}")
        assertTrue("okhttp3" in written)
        assertFalse("canary" in written, written.lines().filter { "canary" in it }.toString())
    }

    private suspend fun HttpsTransport.failureOfFetch() = (fetch(fetch("canary")) { true } as? Fetched.Failed)?.failure
}
