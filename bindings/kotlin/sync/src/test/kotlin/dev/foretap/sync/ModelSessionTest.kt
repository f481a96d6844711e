package dev.foretap.sync

import dev.foretap.ForetapException
import dev.foretap.ForetapProvider
import dev.foretap.ModelSyncConclusion
import dev.foretap.ModelSyncEnding
import dev.foretap.ModelSyncReport
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.test.runTest
import org.junit.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.seconds

/** What an engine's run says, as steps and outcomes. */
class ModelSessionTest {
    @Test
    fun `a wanted file is fetched from its first byte, and the run is told of it`() = runTest {
        val sync = ScriptedModelSync("root/2", "timestamp") { report(ModelSyncEnding.UP_TO_DATE) }
        val session = ModelSessions { sync }.open()
        val fetch = assertIs<SyncStep.Fetch>(session.next())
        assertEquals(SyncPath("root/2"), fetch.path)
        assertEquals(0 to ScriptedModelSync.MAX_BYTES, fetch.offset.toInt() to fetch.maxBytes)
        assertTrue(session.received(ByteArray(1_000)))
        assertFalse(session.received(ByteArray(1_001)))
        session.fetched()
        assertEquals(SyncPath("timestamp"), assertIs<SyncStep.Fetch>(session.next()).path)
        session.fetched()
        assertEquals(SyncOutcome.Synced(modelChanged = false), outcome(session))
        session.close()
        assertEquals(
            listOf("received 1000", "received 1001", "completed", "completed", "finished", "closed"),
            sync.told,
        )
    }

    @Test
    fun `a file that the server does not have is missing, and any other failure is none of that`() = runTest {
        val others =
            listOf(
                TransportFailure.Unreachable,
                TransportFailure.TimedOut,
                TransportFailure.Handshake,
                TransportFailure.Tls13Missing,
                TransportFailure.WrongServer,
                TransportFailure.TooLarge,
                TransportFailure.Redirected,
                TransportFailure.Malformed,
                TransportFailure.Busy(3.seconds),
                TransportFailure.Status(403),
                TransportFailure.Status(410),
                TransportFailure.Status(500),
            )
        for (failure in others + TransportFailure.Status(404)) {
            val sync = ScriptedModelSync("timestamp") { report(ModelSyncEnding.UNREACHABLE) }
            val session = ModelSessions { sync }.open()
            session.next()
            session.failed(failure)
            assertEquals(if (failure in others) "UNREACHABLE" else "MISSING", sync.told.single(), "$failure")
            // Why it did not come says what to do next; what is missing may be on its way.
            val expected = if (failure in others) failure.outcome() else SyncOutcome.Postponed(SyncReason.STATUS)
            assertEquals(expected, outcome(session))
        }
    }

    @Test
    fun `a failure that the run got over is not its outcome`() = runTest {
        val sync = ScriptedModelSync("root/2", "timestamp") { report(ModelSyncEnding.UNREACHABLE) }
        val session = ModelSessions { sync }.open()
        session.next()
        session.failed(TransportFailure.Status(404))
        session.next()
        assertEquals(SyncOutcome.Postponed(SyncReason.NETWORK), outcome(session))
    }

    @Test
    fun `each ending has its outcome`() = runTest {
        for (ending in listOf(ModelSyncEnding.UP_TO_DATE, ModelSyncEnding.FETCHED, ModelSyncEnding.WITHDRAWN)) {
            for (changed in listOf(true, false)) {
                val session = ModelSessions { ScriptedModelSync { report(ending, changed) } }.open()
                assertEquals(SyncOutcome.Synced(changed), outcome(session))
            }
        }
    }

    @Test
    fun `what is refused is named by the file it was, never in words`() = runTest {
        val reasons =
            mapOf(
                "root/2" to "refused_root",
                "timestamp" to "refused_timestamp",
                "release/00ff" to "refused_release",
                "bundle/00ff" to "refused_model",
                "delta/00ff" to "refused_model",
            )
        for ((path, code) in reasons) {
            val sync = ScriptedModelSync("root/1", path) { report(ModelSyncEnding.REFUSED, refusal = "canary") }
            val session = ModelSessions { sync }.open()
            repeat(2) { session.next() }
            val outcome = outcome(session)
            assertEquals(SyncOutcome.Refused(SyncReason(code)), outcome)
            assertFalse("canary" in "$outcome")
        }
    }

    @Test
    fun `a log that cannot be used now is another attempt's, and one that never can is nobody's`() = runTest {
        val outcomes =
            mapOf(
                ForetapException.InvalidArgument("canary") to SyncOutcome.Refused(ModelSessions.SETUP),
                ForetapException.Transient("canary") to SyncOutcome.Postponed(ModelSessions.STORAGE),
                ForetapException.KeyUnavailable("canary", null) to SyncOutcome.Postponed(ModelSessions.KEYSTORE),
                ForetapException.InUse("canary") to SyncOutcome.Postponed(ModelSessions.IN_USE),
                ForetapException.KeyLost("canary", null) to SyncOutcome.Refused(ModelSessions.LOG),
                ForetapException.KeyMismatch("canary") to SyncOutcome.Refused(ModelSessions.LOG),
                ForetapException.Newer("canary") to SyncOutcome.Refused(ModelSessions.LOG),
                ForetapException.Damaged("canary") to SyncOutcome.Refused(ModelSessions.LOG),
                ForetapException.Closed("canary") to SyncOutcome.Refused(ModelSessions.LOG),
                ForetapException.NoLibrary("canary", null) to SyncOutcome.Refused(ModelSessions.LOG),
                ForetapException.Internal("canary") to SyncOutcome.Refused(ModelSessions.LOG),
                ForetapException.Other("canary") to SyncOutcome.Refused(ModelSessions.LOG),
            )
        for ((exception, outcome) in outcomes) {
            val provider = ForetapProvider { throw exception }
            assertEquals(outcome, outcome(ModelSessions(provider, byteArrayOf()).open()))
            assertEquals(outcome, outcome(ModelSessions { ScriptedModelSync { throw exception } }.open()))
        }
    }

    @Test
    fun `what is thrown by others goes through`() {
        val sessions = listOf(IllegalStateException("canary"), CancellationException("canary"))
        for (thrown in sessions) {
            val failed = runCatching { runBlocking { ModelSessions { throw thrown }.open().next() } }
            assertEquals(thrown::class, failed.exceptionOrNull()?.let { it::class })
        }
    }

    @Test
    fun `closing closes the run that began, and a storage that fails then stops nobody`() = runTest {
        ModelSessions { error("not begun") }.open().close()
        val sync = ScriptedModelSync("root/2") { report(ModelSyncEnding.UP_TO_DATE) }
        sync.closing = { throw ForetapException.Transient("canary") }
        val session = ModelSessions { sync }.open()
        session.next()
        repeat(2) { session.close() }
        assertEquals(listOf("closed", "closed"), sync.told)
    }

    @Test
    fun `a session has its own run, and sends nothing`() = runTest {
        var begun = 0
        val sessions =
            ModelSessions {
                begun += 1
                ScriptedModelSync("root/2") { report(ModelSyncEnding.UP_TO_DATE) }
            }
        repeat(2) { sessions.open().next() }
        assertEquals(2, begun)
        assertFailsWith<IllegalStateException> { sessions.open().posted(PostReply.ACCEPTED) }
    }

    private suspend fun outcome(session: SyncSession): SyncOutcome = assertIs<SyncStep.Done>(session.next()).outcome

    private fun report(ending: ModelSyncEnding, modelChanged: Boolean = false, refusal: String? = null) =
        ModelSyncReport(ending, refusal, ModelSyncConclusion.GOES_ON, modelChanged, 1, "model 1")
}
