package dev.foretap.sync

import android.content.Context
import androidx.work.BackoffPolicy
import androidx.work.Configuration
import androidx.work.NetworkType
import androidx.work.WorkInfo
import androidx.work.WorkManager
import androidx.work.impl.WorkManagerImpl
import androidx.work.testing.WorkManagerTestInitHelper
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.days
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds

@RunWith(RobolectricTestRunner::class)
@Config(application = TestApplication::class)
class SyncScheduleTest {
    private val context: Context = RuntimeEnvironment.getApplication()

    @Test
    fun `limits hold on both sides`() {
        val refused =
            listOf<() -> SyncSchedule>(
                { SyncSchedule(period = 1.hours - 1.milliseconds, flex = 5.minutes) },
                { SyncSchedule(period = 7.days + 1.milliseconds) },
                { SyncSchedule(flex = 5.minutes - 1.milliseconds) },
                { SyncSchedule(period = 2.hours, flex = 2.hours + 1.milliseconds) },
                { SyncSchedule(backOff = 59.seconds) },
                { SyncSchedule(backOff = 5.hours + 1.milliseconds) },
                { SyncSchedule(attempts = 0) },
                { SyncSchedule(attempts = 11) },
            )
        refused.forEach { assertFailsWith<IllegalArgumentException> { it() } }
        val least = SyncSchedule(period = 1.hours, flex = 5.minutes, backOff = 1.minutes, attempts = 1)
        val most = SyncSchedule(period = 7.days, flex = 7.days, backOff = 5.hours, attempts = 10)
        listOf(least, most).forEach { schedule ->
            val spec = schedule.periodic().workSpec
            assertEquals(schedule.period.inWholeMilliseconds, spec.intervalDuration)
            assertEquals(schedule.flex.inWholeMilliseconds, spec.flexDuration)
            assertEquals(schedule.backOff.inWholeMilliseconds, spec.backoffDelayDuration)
        }
    }

    @Test
    fun `by default a run waits for a free network, a good battery and room`() {
        val spec = SyncSchedule().periodic().workSpec
        assertEquals(24.hours.inWholeMilliseconds, spec.intervalDuration)
        assertEquals(6.hours.inWholeMilliseconds, spec.flexDuration)
        assertEquals(BackoffPolicy.EXPONENTIAL, spec.backoffPolicy)
        assertEquals(SyncWorker::class.java.name, spec.workerClassName)
        spec.constraints.run {
            assertEquals(NetworkType.UNMETERED, requiredNetworkType)
            assertTrue(requiresBatteryNotLow() && requiresStorageNotLow())
            assertFalse(requiresCharging() || requiresDeviceIdle())
        }
    }

    @Test
    fun `network and power are what the host chose`() {
        val charging =
            SyncSchedule(
                network = SyncNetwork.ANY,
                power = SyncPower.CHARGING,
            ).periodic().workSpec.constraints
        assertEquals(NetworkType.CONNECTED, charging.requiredNetworkType)
        assertTrue(charging.requiresCharging() && !charging.requiresBatteryNotLow())
        val any = SyncSchedule(power = SyncPower.ANY).periodic().workSpec.constraints
        assertFalse(any.requiresCharging() || any.requiresBatteryNotLow())
    }

    @Test
    fun `WorkManager is not touched before the host enables it`() {
        assertFalse(WorkManager.isInitialized())
        SyncSetup(SyncServer("https://example.org", setOf(PIN)), { ScriptedSession(done()) })
        SyncSchedule().periodic()
        SyncSchedule().once()
        assertFalse(WorkManager.isInitialized())
        assertFailsWith<IllegalStateException> { SyncSchedule().enable(context) }
    }

    @Test
    fun `enabling twice keeps one work and the newer schedule`() = withWorkManager { work ->
        SyncSchedule().enable(context).result.get()
        val first = work.infos(SyncSchedule.PERIODIC).single()
        SyncSchedule().enable(context).result.get()
        assertEquals(first.id, work.infos(SyncSchedule.PERIODIC).single().id)
        SyncSchedule(period = 48.hours, network = SyncNetwork.ANY).enable(context).result.get()
        val updated = work.infos(SyncSchedule.PERIODIC).single()
        assertEquals(first.id, updated.id)
        assertEquals(48.hours.inWholeMilliseconds, updated.periodicityInfo?.repeatIntervalMillis)
        assertEquals(NetworkType.CONNECTED, updated.constraints.requiredNetworkType)
        assertEquals(WorkInfo.State.ENQUEUED, updated.state)
    }

    @Test
    fun `asking twice for a run now asks once`() = withWorkManager { work ->
        SyncSchedule().runNow(context).result.get()
        val first = work.infos(SyncSchedule.ONCE).single()
        SyncSchedule(network = SyncNetwork.ANY).runNow(context).result.get()
        assertEquals(first.id, work.infos(SyncSchedule.ONCE).single().id)
        assertEquals(NetworkType.UNMETERED, first.constraints.requiredNetworkType)
        assertFalse(first.constraints.requiresBatteryNotLow())
        assertEquals(listOf(), work.infos(SyncSchedule.PERIODIC))
    }

    @Test
    fun `disabling ends both`() = withWorkManager { work ->
        SyncSchedule().enable(context).result.get()
        SyncSchedule().runNow(context).result.get()
        SyncSchedule.disable(context).result.get()
        val states = listOf(SyncSchedule.PERIODIC, SyncSchedule.ONCE).map { work.infos(it).single().state }
        assertEquals(listOf(WorkInfo.State.CANCELLED, WorkInfo.State.CANCELLED), states)
    }

    @Test
    fun `disabling what was never enabled does nothing`() = withWorkManager { work ->
        SyncSchedule.disable(context).result.get()
        assertEquals(listOf(), work.infos(SyncSchedule.PERIODIC))
    }

    private fun withWorkManager(block: (WorkManager) -> Unit) {
        WorkManagerTestInitHelper.initializeTestWorkManager(context, Configuration.Builder().build())
        try {
            block(WorkManager.getInstance(context))
        } finally {
            WorkManagerTestInitHelper.closeWorkDatabase()
            // As in a process where nobody asked for it.
            WorkManagerImpl.setDelegate(null)
        }
    }

    private fun WorkManager.infos(name: String): List<WorkInfo> = getWorkInfosForUniqueWork(name).get()

    private companion object {
        const val PIN = "sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
    }
}
