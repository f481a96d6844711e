package dev.foretap.sync

import kotlinx.coroutines.runBlocking
import org.junit.After
import org.junit.Test
import kotlin.test.assertEquals

class SyncRunTest {
    private val server = TlsServer()

    @After
    fun close() = server.close()

    @Test
    fun `steps are carried out in order and a session hears of each`() {
        server.answer { body("abc") }
        server.answer { code(206).addHeader("Content-Range", "bytes 3-5/6").body("def") }
        server.answer { code(202) }
        server.answer { code(404) }
        val session = ScriptedSession(fetch("a"), fetch("b", offset = 3), post(), fetch("c"), done())
        assertEquals(SyncOutcome.Synced(modelChanged = true), outcome(session))
        assertEquals(listOf("received", "fetched", "received", "fetched", "ACCEPTED", "status"), session.told)
        assertEquals("abcdef", session.bytes.decodeToString())
        val paths = List(4) { server.request().target.removePrefix("/models/v1/") }
        assertEquals(listOf("a", "b", "batches", "c"), paths)
    }

    @Test
    fun `steps share a connection`() {
        repeat(3) { server.answer { body("x") } }
        outcome(ScriptedSession(fetch(), fetch(), fetch(), done()))
        assertEquals(listOf(0, 1, 2), List(3) { server.request().exchangeIndex })
    }

    @Test
    fun `a session that had enough is not told that all came`() {
        server.answer { body("x".repeat(100_000)) }
        val session = ScriptedSession(fetch(maxBytes = 100_000), done(), wanted = 10)
        outcome(session)
        assertEquals(listOf("received"), session.told)
    }

    @Test
    fun `after a failure the session says what is next`() {
        server.answer { code(404) }
        server.answer { body("full") }
        val session = ScriptedSession(fetch("delta"), fetch("full"), done())
        outcome(session)
        assertEquals(listOf("status", "received", "fetched"), session.told)
    }

    @Test
    fun `a session without end is ended`() {
        repeat(SyncRun.MAX_STEPS) { server.answer { } }
        val session = ScriptedSession(*Array(SyncRun.MAX_STEPS + 1) { fetch() })
        assertEquals(SyncOutcome.Refused(SyncReason.TOO_MANY_STEPS), outcome(session))
        assertEquals(SyncRun.MAX_STEPS, server.requests)
    }

    private fun outcome(session: SyncSession): SyncOutcome =
        HttpsTransport(server.server()).use { runBlocking { SyncRun(session, it).outcome() } }
}
