package dev.foretap.sync

import kotlinx.coroutines.runBlocking
import mockwebserver3.SocketEffect
import org.junit.After
import org.junit.Test
import kotlin.random.Random
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertIs
import kotlin.time.Duration.Companion.seconds

class PostTest {
    private val server = TlsServer()
    private val batch =
        post("batches", Random(7).nextBytes(SyncStep.MAX_BODY_BYTES), "0123456789abcdef0123456789abcdef")

    @After
    fun close() = server.close()

    @Test
    fun `replies are told apart`() {
        mapOf(202 to PostReply.ACCEPTED, 200 to PostReply.ALREADY_ACCEPTED, 422 to PostReply.CONFLICT)
            .forEach { (code, reply) ->
                server.answer { code(code).body("ignored") }
                assertEquals(reply, assertIs<Posted.Answered>(posted()).reply)
            }
    }

    @Test
    fun `every retry sends the same bytes under the same id`() {
        server.answer { onResponseStart(SocketEffect.CloseSocket()) }
        server.answer { code(500) }
        server.answer { code(202) }
        assertEquals(TransportFailure.Unreachable, fails())
        assertEquals(TransportFailure.Status(500), fails())
        assertEquals(PostReply.ACCEPTED, assertIs<Posted.Answered>(posted()).reply)
        repeat(3) {
            val request = server.request()
            assertEquals("POST", request.method)
            assertEquals("/models/v1/batches", request.target)
            assertEquals("Foretap", request.headers["User-Agent"])
            assertEquals("application/octet-stream", request.headers["Content-Type"])
            assertEquals(batch.id.hex, request.headers["Idempotency-Key"])
            assertContentEquals(batch.body, request.body?.toByteArray())
        }
        assertEquals(3, server.requests)
    }

    @Test
    fun `what is no reply is a failure`() {
        server.answer { code(413) }
        assertEquals(TransportFailure.Status(413), fails())
        server.answer { code(429).addHeader("Retry-After", "60") }
        assertEquals(TransportFailure.Busy(60.seconds), fails())
        server.answer { code(308).addHeader("Location", server.address) }
        assertEquals(TransportFailure.Redirected, fails())
        assertEquals(3, server.requests)
    }

    @Test
    fun `one step is one request, even where a server invites a second`() {
        server.answer { code(503).addHeader("Retry-After", "0") }
        server.answer { code(202) }
        assertEquals(TransportFailure.Busy(null), fails())
        server.answer { code(408) }
        assertEquals(PostReply.ACCEPTED, assertIs<Posted.Answered>(posted()).reply)
        assertEquals(TransportFailure.Status(408), fails())
        assertEquals(3, server.requests)
    }

    private fun posted(): Posted = HttpsTransport(server.server()).use { runBlocking { it.post(batch) } }

    private fun fails(): TransportFailure = assertIs<Posted.Failed>(posted()).failure
}
