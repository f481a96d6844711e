package dev.foretap.sync

import dev.foretap.ForetapException
import dev.foretap.ForetapProvider
import dev.foretap.UploadReport
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.test.runTest
import org.junit.Test
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertIs
import kotlin.time.Duration.Companion.seconds

/** What an engine's run says, as steps and outcomes. */
class UploadSessionTest {
    @Test
    fun `a server that has it, or had it, took it, and one that never will has refused it`() = runTest {
        val upload = ScriptedUpload("v1/erasures", "v1/batches", "v1/batches") { NOTHING }
        val session = UploadSessions { upload }.open()
        for ((path, reply) in listOf("v1/erasures", "v1/batches", "v1/batches").zip(PostReply.entries)) {
            val post = assertIs<SyncStep.Post>(session.next())
            assertEquals(SyncPath(path) to BatchId(ScriptedUpload.ID), post.path to post.id)
            assertContentEquals(byteArrayOf(1, 2), post.body)
            session.posted(reply)
        }
        assertEquals(DONE, outcome(session))
        session.close()
        assertEquals(listOf("taken", "taken", "refused", "finished", "closed"), upload.told)
    }

    @Test
    fun `a run without anything left is done, and what was refused for good is not left`() = runTest {
        for (report in listOf(NOTHING, UploadReport(taken = 2, refused = 1, erasures = 3, left = 0))) {
            assertEquals(DONE, outcome(UploadSessions { ScriptedUpload { report } }.open()))
        }
    }

    @Test
    fun `why something is left says what to do next`() = runTest {
        val failures =
            listOf(
                TransportFailure.Unreachable,
                TransportFailure.TimedOut,
                TransportFailure.Handshake,
                TransportFailure.WrongServer,
                TransportFailure.Busy(3.seconds),
                TransportFailure.Status(404),
                TransportFailure.Status(413),
                TransportFailure.Status(500),
            )
        for (failure in failures) {
            val upload = ScriptedUpload("v1/batches") { LEFT }
            val session = UploadSessions { upload }.open()
            session.next()
            session.failed(failure)
            assertEquals(failure.outcome(), outcome(session))
            assertEquals(listOf("failed", "finished"), upload.told)
        }
        // The server answered to all of it, and would not erase.
        val refused = SyncOutcome.Refused(SyncReason.STATUS)
        assertEquals(refused, outcome(UploadSessions { ScriptedUpload { LEFT } }.open()))
    }

    @Test
    fun `a log that cannot be used now is another attempt's, and one that never can is nobody's`() = runTest {
        val outcomes =
            mapOf(
                ForetapException.Transient("canary") to SyncOutcome.Postponed(ModelSessions.STORAGE),
                ForetapException.KeyUnavailable("canary", null) to SyncOutcome.Postponed(ModelSessions.KEYSTORE),
                ForetapException.InUse("canary") to SyncOutcome.Postponed(ModelSessions.IN_USE),
                ForetapException.KeyLost("canary", null) to SyncOutcome.Refused(ModelSessions.LOG),
                ForetapException.Damaged("canary") to SyncOutcome.Refused(ModelSessions.LOG),
                ForetapException.Closed("canary") to SyncOutcome.Refused(ModelSessions.LOG),
                ForetapException.Internal("canary") to SyncOutcome.Refused(ModelSessions.LOG),
            )
        for ((exception, outcome) in outcomes) {
            assertEquals(outcome, outcome(UploadSessions(ForetapProvider { throw exception }).open()))
            assertEquals(outcome, outcome(UploadSessions { ScriptedUpload { throw exception } }.open()))
        }
    }

    @Test
    fun `what is thrown by others goes through`() {
        for (thrown in listOf(IllegalStateException("canary"), CancellationException("canary"))) {
            val failed = runCatching { runBlocking { UploadSessions { throw thrown }.open().next() } }
            assertEquals(thrown::class, failed.exceptionOrNull()?.let { it::class })
        }
    }

    @Test
    fun `closing closes the run that began, and a storage that fails then stops nobody`() = runTest {
        UploadSessions { error("not begun") }.open().close()
        val upload = ScriptedUpload { NOTHING }
        upload.closing = { throw ForetapException.Transient("canary") }
        val session = UploadSessions { upload }.open()
        session.next()
        repeat(2) { session.close() }
        assertEquals(listOf("finished", "closed", "closed"), upload.told)
    }

    @Test
    fun `nothing is fetched`() = runTest {
        val session = UploadSessions { ScriptedUpload { NOTHING } }.open()
        assertFailsWith<IllegalStateException> { session.received(ByteArray(1)) }
        assertFailsWith<IllegalStateException> { session.fetched() }
    }

    private suspend fun outcome(session: SyncSession): SyncOutcome = assertIs<SyncStep.Done>(session.next()).outcome

    private companion object {
        val NOTHING = UploadReport(taken = 0, refused = 0, erasures = 0, left = 0)
        val LEFT = UploadReport(taken = 1, refused = 0, erasures = 0, left = 2)
        val DONE = SyncOutcome.Synced(modelChanged = false)
    }
}
