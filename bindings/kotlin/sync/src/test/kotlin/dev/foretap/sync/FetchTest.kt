package dev.foretap.sync

import kotlinx.coroutines.runBlocking
import mockwebserver3.MockResponse
import mockwebserver3.SocketEffect
import okhttp3.Protocol
import okio.Buffer
import org.junit.After
import org.junit.Test
import org.junit.runner.RunWith
import org.junit.runners.Parameterized
import java.util.concurrent.TimeUnit
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlin.time.Duration
import kotlin.time.Duration.Companion.days
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

@RunWith(Parameterized::class)
class FetchTest(private val protocol: Protocol) {
    private val server = TlsServer(protocols = listOf(protocol, Protocol.HTTP_1_1).distinct())
    private val session = ScriptedSession()

    @After
    fun close() = server.close()

    @Test
    fun `a body comes whole and in order, in chunks of 16 KiB at most`() {
        val body = ByteArray(100_000) { (it * 31 % 251).toByte() }
        server.answer { body(Buffer().write(body)) }
        assertNull(fails(fetch(maxBytes = 100_000)))
        assertContentEquals(body, session.bytes)
        assertTrue(session.chunks.all { it in 1..SyncSession.MAX_CHUNK_BYTES })
    }

    @Test
    fun `an empty body is a body`() {
        server.answer { }
        assertNull(fails(fetch()))
        assertEquals(0, session.bytes.size)
    }

    @Test
    fun `a request says nothing of the phone`() {
        server.answer { addHeader("Set-Cookie", "phone=1").body("a") }
        server.answer { body("b") }
        HttpsTransport(server.server()).use { transport ->
            runBlocking { repeat(2) { transport.fetch(fetch("root/3"), session::received) } }
        }
        repeat(2) {
            val request = server.request()
            assertEquals("GET", request.method)
            assertEquals("/models/v1/root/3", request.target)
            assertEquals("Foretap", request.headers["User-Agent"])
            val names = request.headers.names().map { it.lowercase().removePrefix(":") }.toSet()
            assertEquals(
                setOf("host", "connection", "user-agent", "accept-encoding"),
                names + "connection" + "host" - FRAMING,
            )
        }
    }

    @Test
    fun `what is longer than allowed is refused before it is read`() {
        server.answer { body("x".repeat(1_001)) }
        assertEquals(TransportFailure.TooLarge, fails(fetch(maxBytes = 1_000)))
        assertEquals(listOf(), session.chunks)
    }

    @Test
    fun `a server that hides the length is cut off at the cap`() {
        server.answer { ofHiddenLength("x".repeat(100_000)) }
        assertEquals(TransportFailure.TooLarge, fails(fetch(maxBytes = 1_000)))
        assertTrue(session.bytes.size <= 1_000)
    }

    @Test
    fun `what is exactly as long as allowed is not`() {
        server.answer { body("x".repeat(1_000)) }
        assertNull(fails(fetch(maxBytes = 1_000)))
        server.answer { ofHiddenLength("x".repeat(1_000)) }
        assertNull(fails(fetch(maxBytes = 1_000)))
        assertEquals(2_000, session.bytes.size)
    }

    @Test
    fun `a range is resumed`() {
        server.answer { code(206).addHeader("Content-Range", "bytes 3-5/6").body("def") }
        assertNull(fails(fetch(offset = 3, maxBytes = 3)))
        assertEquals("def", session.bytes.decodeToString())
        assertEquals("bytes=3-", server.request().headers["Range"])
    }

    @Test
    fun `where a server sends the whole, what is here already is left out`() {
        val body = ByteArray(50_000) { (it % 251).toByte() }
        server.answer { body(Buffer().write(body)) }
        assertNull(fails(fetch(offset = 20_001, maxBytes = 29_999)))
        assertContentEquals(body.copyOfRange(20_001, 50_000), session.bytes)
    }

    @Test
    fun `a whole that is longer than here and allowed is refused`() {
        server.answer { body("abcdefg") }
        assertEquals(TransportFailure.TooLarge, fails(fetch(offset = 3, maxBytes = 3)))
        server.answer { ofHiddenLength("abcdefg") }
        assertEquals(TransportFailure.TooLarge, fails(fetch(offset = 3, maxBytes = 3)))
    }

    @Test
    fun `a whole that is shorter than what is here is malformed`() {
        server.answer { body("ab") }
        assertEquals(TransportFailure.Malformed, fails(fetch(offset = 3)))
    }

    @Test
    fun `another range is malformed`() {
        listOf("bytes 2-5/6", "bytes 30-35/36", "items 3-5/6", "").forEach { range ->
            server.answer { code(206).addHeader("Content-Range", range).body("def") }
            assertEquals(TransportFailure.Malformed, fails(fetch(offset = 3)), range)
        }
        server.answer { code(206).body("def") }
        assertEquals(TransportFailure.Malformed, fails(fetch(offset = 3)))
        server.answer { code(206).addHeader("Content-Range", "bytes 0-2/3").body("abc") }
        assertEquals(TransportFailure.Malformed, fails(fetch(offset = 0)))
        assertEquals(listOf(), session.chunks)
    }

    @Test
    fun `an encoding that was not asked for is malformed`() {
        server.answer { addHeader("Content-Encoding", "gzip").body("bomb") }
        assertEquals(TransportFailure.Malformed, fails(fetch()))
        assertEquals(listOf(), session.chunks)
    }

    @Test
    fun `faults of the server are transient, and answers are not`() {
        mapOf(404 to false, 403 to false, 416 to false, 204 to false, 500 to true, 502 to true, 408 to true)
            .forEach { (code, isTransient) ->
                server.answer { code(code) }
                val failure = fails(fetch())
                assertEquals(TransportFailure.Status(code), failure)
                assertEquals(isTransient, failure?.isTransient, "$code")
            }
    }

    @Test
    fun `a busy server says for how long`() {
        val cases =
            listOf(
                headers("Retry-After" to "120") to 120.seconds,
                headers("Retry-After" to "9999999") to 1.days,
                headers("Retry-After" to "-5") to Duration.ZERO,
                headers("Retry-After" to "soon") to null,
                headers() to null,
                headers("Date" to "Sat, 21 Nov 2026 10:00:00 GMT", "Retry-After" to "Sat, 21 Nov 2026 10:05:00 GMT") to
                    300.seconds,
                headers("Retry-After" to "Sat, 21 Nov 2026 10:05:00 GMT") to null,
            )
        cases.forEach { (headers, wait) ->
            server.answer { code(429).apply(headers) }
            assertEquals(TransportFailure.Busy(wait), fails(fetch()))
        }
        server.answer { code(503).addHeader("Retry-After", "7") }
        assertEquals(TransportFailure.Busy(7.seconds), fails(fetch()))
    }

    @Test
    fun `no redirect is followed, neither here nor elsewhere`() = TlsServer().use { elsewhere ->
        listOf(301, 302, 303, 307, 308).forEach { code ->
            listOf(server.address, elsewhere.address).forEach { to ->
                server.answer { code(code).addHeader("Location", to + "other") }
                assertEquals(TransportFailure.Redirected, fails(fetch()))
            }
        }
        assertEquals(10, server.requests)
        assertEquals(0, elsewhere.requests)
    }

    @Test
    fun `silence ends in a time-out`() {
        server.answer { onResponseStart(SocketEffect.Stall) }
        assertEquals(TransportFailure.TimedOut, fails(fetch(), HASTY))
    }

    @Test
    fun `a body that stops half way ends in a time-out`() {
        server.answer { body("x".repeat(1_000)).onResponseBody(SocketEffect.Stall) }
        assertEquals(TransportFailure.TimedOut, fails(fetch(), HASTY))
    }

    @Test
    fun `a body that drips ends in a time-out`() {
        server.answer { body("x".repeat(1_000)).throttleBody(1, 20, TimeUnit.MILLISECONDS) }
        val patient = TransportTimeouts(idle = 10.seconds, step = 600.milliseconds)
        assertEquals(TransportFailure.TimedOut, fails(fetch(), patient))
        assertTrue(session.bytes.size < 1_000)
    }

    @Test
    fun `a connection that breaks is transient`() {
        server.answer { body("x".repeat(1_000)).onResponseBody(SocketEffect.CloseSocket()) }
        assertEquals(TransportFailure.Unreachable, fails(fetch()))
        server.answer { onResponseStart(SocketEffect.CloseSocket()) }
        assertEquals(TransportFailure.Unreachable, fails(fetch()))
    }

    @Test
    fun `a server that is not there is transient`() {
        server.close()
        assertEquals(TransportFailure.Unreachable, fails(fetch()))
    }

    @Test
    fun `a receiver that has enough ends the transfer`() {
        server.answer { body("x".repeat(100_000)) }
        val frugal = ScriptedSession(wanted = 1)
        val fetched =
            HttpsTransport(
                server.server(),
            ).use { runBlocking { it.fetch(fetch(maxBytes = 100_000), frugal::received) } }
        assertEquals(Fetched.Stopped, fetched)
        assertEquals(1, frugal.chunks.size)
    }

    /** Why [step] failed, or `null` after the whole body. */
    private fun fails(step: SyncStep.Fetch, timeouts: TransportTimeouts = TransportTimeouts()): TransportFailure? =
        HttpsTransport(server.server(), timeouts).use { transport ->
            runBlocking { (transport.fetch(step, session::received) as? Fetched.Failed)?.failure }
        }

    /** Each protocol has its own way not to tell a length. */
    private fun MockResponse.Builder.ofHiddenLength(text: String) {
        if (protocol == Protocol.HTTP_2) body(text).removeHeader("Content-Length") else chunkedBody(text, CHUNK)
    }

    private fun headers(vararg pairs: Pair<String, String>): MockResponse.Builder.() -> Unit =
        { pairs.forEach { (name, value) -> addHeader(name, value) } }

    internal companion object {
        const val CHUNK = 100

        /** Room for a handshake on a busy computer. */
        val HASTY = TransportTimeouts(idle = 1.seconds)

        /** Of HTTP/2, which sends the request line as headers. */
        val FRAMING = setOf("authority", "method", "path", "scheme")

        @JvmStatic
        @Parameterized.Parameters(name = "{0}")
        fun protocols() = listOf(Protocol.HTTP_2, Protocol.HTTP_1_1)
    }
}
