package dev.foretap.sync

import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import mockwebserver3.SocketEffect
import org.junit.After
import org.junit.Test
import java.util.concurrent.TimeUnit
import kotlin.test.assertEquals
import kotlin.test.assertTrue

class CancellationTest {
    private val server = TlsServer()

    @After
    fun close() = server.close()

    @Test
    fun `a transfer ends where it stands, and nothing comes after it`() = runBlocking {
        // Twenty seconds long: however busy the computer is, it is cancelled before its end.
        server.answer { body("x".repeat(100_000)).throttleBody(100, 20, TimeUnit.MILLISECONDS) }
        val begun = CompletableDeferred<Unit>()
        var bytes = 0
        HttpsTransport(server.server()).use { transport ->
            val job =
                launch(Dispatchers.Default) {
                    transport.fetch(fetch(maxBytes = 100_000)) {
                        bytes += it.size
                        begun.complete(Unit)
                    }
                }
            begun.await()
            withTimeout(TlsServer.TIMEOUT) { job.cancelAndJoin() }
            assertTrue(bytes in 1..<100_000, "$bytes")
        }
    }

    @Test
    fun `waiting for an answer ends too`() = runBlocking {
        server.answer { onResponseStart(SocketEffect.Stall) }
        HttpsTransport(server.server()).use { transport ->
            val job = launch(Dispatchers.Default) { transport.post(post()) }
            server.request()
            withTimeout(TlsServer.TIMEOUT) { job.cancelAndJoin() }
            assertEquals(1, server.requests)
        }
    }
}
