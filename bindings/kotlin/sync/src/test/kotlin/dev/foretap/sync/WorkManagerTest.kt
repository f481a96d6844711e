package dev.foretap.sync

import android.content.Context
import androidx.work.Configuration
import androidx.work.WorkInfo
import androidx.work.WorkManager
import androidx.work.impl.WorkManagerImpl
import androidx.work.testing.TestDriver
import androidx.work.testing.WorkManagerTestInitHelper
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.After
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config
import java.util.UUID
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit
import kotlin.test.assertEquals
import kotlin.test.assertNotNull
import kotlin.test.assertTrue

/** The worker as the system starts it: by its name, once its constraints are met. */
@RunWith(RobolectricTestRunner::class)
@Config(application = TestApplication::class)
class WorkManagerTest {
    private val context: Context = RuntimeEnvironment.getApplication()
    private val server = TlsServer()
    private lateinit var work: WorkManager
    private lateinit var driver: TestDriver

    @Before
    fun start() {
        WorkManagerTestInitHelper.initializeTestWorkManager(context, Configuration.Builder().build())
        work = WorkManager.getInstance(context)
        driver = assertNotNull(WorkManagerTestInitHelper.getTestDriver(context))
    }

    @After
    fun stop() {
        server.close()
        WorkManagerTestInitHelper.closeWorkDatabase()
        WorkManagerImpl.setDelegate(null)
    }

    @Test
    fun `a run waits for its constraints and leaves its result`() {
        server.answer { body("abc") }
        val session = host(fetch(), done())
        SyncSchedule().runNow(context).result.get()
        val id = only(SyncSchedule.ONCE).id
        assertEquals(0, server.requests)
        driver.setAllConstraintsMet(id)
        val ended = await(id) { it.state.isFinished }
        assertEquals(WorkInfo.State.SUCCEEDED, ended.state)
        assertTrue(ended.outputData.getBoolean(SyncWorker.MODEL_CHANGED, false))
        assertEquals("abc", session.bytes.decodeToString())
    }

    @Test
    fun `a failure leaves its reason and nothing else`() {
        host(done(SyncOutcome.Refused(SyncReason("bad_signature"))))
        SyncSchedule().runNow(context).result.get()
        val id = only(SyncSchedule.ONCE).id
        driver.setAllConstraintsMet(id)
        val ended = await(id) { it.state.isFinished }
        assertEquals(WorkInfo.State.FAILED, ended.state)
        assertEquals(mapOf<String, Any>(SyncWorker.REASON to "bad_signature"), ended.outputData.keyValueMap)
    }

    @Test
    fun `what is postponed waits for its next attempt`() {
        host(done(SyncOutcome.Postponed(SyncReason.NETWORK)))
        SyncSchedule().runNow(context).result.get()
        val id = only(SyncSchedule.ONCE).id
        driver.setAllConstraintsMet(id)
        assertEquals(WorkInfo.State.ENQUEUED, await(id) { it.runAttemptCount == 1 && !it.isRunning() }.state)
    }

    @Test
    fun `periodic work goes on after a failure`() {
        val heard = LinkedBlockingQueue<SyncOutcome>()
        val refused = SyncOutcome.Refused(SyncReason("bad_signature"))
        host(done(refused), heard = heard::add)
        SyncSchedule().enable(context).result.get()
        val id = only(SyncSchedule.PERIODIC).id
        driver.setAllConstraintsMet(id)
        driver.setPeriodDelayMet(id)
        assertEquals<SyncOutcome?>(refused, heard.poll(TlsServer.TIMEOUT.inWholeSeconds, TimeUnit.SECONDS))
        // It is told while it runs: what is not running any more comes after it.
        assertEquals(WorkInfo.State.ENQUEUED, await(id) { !it.isRunning() }.state)
        assertEquals(0, heard.size)
    }

    private fun host(vararg script: SyncStep, heard: SyncListener = SyncListener { }): ScriptedSession {
        val session = ScriptedSession(*script)
        (context as TestApplication).setup = { SyncSetup(server.server(), { session }, heard) }
        return session
    }

    private fun only(name: String): WorkInfo = work.getWorkInfosForUniqueWork(name).get().single()

    private fun WorkInfo.isRunning() = state == WorkInfo.State.RUNNING

    private fun await(id: UUID, until: (WorkInfo) -> Boolean): WorkInfo = runBlocking {
        withTimeout(TlsServer.TIMEOUT) { work.getWorkInfoByIdFlow(id).first { it != null && until(it) } }
    }.let(::assertNotNull)
}
