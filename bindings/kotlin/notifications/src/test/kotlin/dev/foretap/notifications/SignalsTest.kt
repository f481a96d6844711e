package dev.foretap.notifications

import android.os.Process
import dev.foretap.Foretap
import dev.foretap.ForetapProvider
import dev.foretap.Item
import dev.foretap.fakes.FakeLauncherApps
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.runTest
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import kotlin.test.assertEquals

@RunWith(RobolectricTestRunner::class)
@Config(shadows = [FakeLauncherApps::class])
class SignalsTest {
    @Test
    fun `while the log is opened the newest wait, in their order`() = runTest {
        val opening = CompletableDeferred<Foretap>()
        val provider =
            object : ForetapProvider {
                override suspend fun foretap() = opening.await()
            }
        val signals = Signals(provider, Shown { Item(it.name) })
        // More than fit, before anybody takes one.
        val count = Signals.CAPACITY + 100
        val nowMs = System.currentTimeMillis()
        repeat(count) { signals.take(Signal.Posted(Notice("app$it", Process.myUserHandle(), it, nowMs - count + it))) }
        val job = launch { signals.tell() }
        Foretap.inMemory().use { foretap ->
            opening.complete(foretap)
            foretap.await(Signals.CAPACITY.toLong())
            job.cancel()
            job.join()
            val health = foretap.health()
            assertEquals(Signals.CAPACITY.toLong(), health.events)
            assertEquals(nowMs - Signals.CAPACITY to nowMs - 1, health.oldestMs to health.newestMs)
        }
    }
}
