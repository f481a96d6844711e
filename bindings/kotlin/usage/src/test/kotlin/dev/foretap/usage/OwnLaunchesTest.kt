package dev.foretap.usage

import android.app.AppOpsManager
import dev.foretap.Item
import dev.foretap.Slot
import dev.foretap.fakes.FakeLauncherApps
import dev.foretap.usage.Phone.Companion.CHAT
import dev.foretap.usage.Phone.Companion.MAIL
import dev.foretap.usage.Phone.Companion.MAPS
import kotlinx.coroutines.test.runTest
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import kotlin.test.assertEquals

@RunWith(RobolectricTestRunner::class)
@Config(shadows = [FakeLauncherApps::class])
class OwnLaunchesTest {
    private val phone = Phone()
    private val launches = OwnLaunches(phone.context, phone.clock)

    @Test
    fun `without the access the host's own launches make the ranking`() = runTest {
        phone.access(AppOpsManager.MODE_IGNORED)
        phone.foretap().use { foretap ->
            for (id in listOf(MAIL, CHAT, MAIL, CHAT, MAIL, MAPS)) {
                assertEquals(Launched.STARTED, launches.launch(foretap, Item(id), Slot("main", 0)))
                phone.pass(60_000)
            }
            assertEquals(listOf(MAIL, CHAT), foretap.ids())
            assertEquals(6, FakeLauncherApps.started.size)
        }
    }

    @Test
    fun `an app that is gone is not offered again`() = runTest {
        phone.foretap().use { foretap ->
            launches.launch(foretap, Item(MAIL))
            phone.pass(60_000)
            launches.launch(foretap, Item(CHAT))
            phone.pass(60_000)
            phone.uninstall(MAIL)
            assertEquals(Launched.GONE, launches.launch(foretap, Item(MAIL)))
            assertEquals(3, foretap.events())
            assertEquals(emptyList(), foretap.ids().filter { it == MAIL })
        }
    }

    @Test
    fun `work apps open in their profile, and nothing opens in a closed or unknown one`() = runTest {
        val work = phone.profile(10, serial = 17)
        phone.install(MAIL, work)
        phone.foretap().use { foretap ->
            assertEquals(Launched.STARTED, launches.launch(foretap, Item(MAIL, 17)))
            assertEquals(listOf(MAIL to work), FakeLauncherApps.started.toList())
            phone.lock(work)
            assertEquals(Launched.CLOSED, launches.launch(foretap, Item(MAIL, 17)))
            assertEquals(Launched.CLOSED, launches.launch(foretap, Item(MAIL, 99)))
            FakeLauncherApps.refusal = SecurityException("no")
            assertEquals(Launched.CLOSED, launches.launch(foretap, Item(MAIL)))
            assertEquals(1, foretap.events())
        }
    }

    @Test
    fun `launches from before the access was granted count once`() = runTest {
        phone.access(AppOpsManager.MODE_IGNORED)
        phone.foretap().use { foretap ->
            repeat(3) {
                launches.launch(foretap, Item(MAIL), Slot("main", it))
                phone.use(MAIL, phone.nowMs + 200)
                phone.pass(60_000)
            }
            phone.access(AppOpsManager.MODE_ALLOWED)
            repeat(2) { phone.collector.backfill(foretap) }
            repeat(2) { phone.collector.collect(foretap) }
            assertEquals(9, foretap.events())
        }
    }
}
