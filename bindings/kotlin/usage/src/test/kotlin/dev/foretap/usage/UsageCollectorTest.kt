package dev.foretap.usage

import android.app.AppOpsManager
import android.os.Build
import android.provider.Settings
import dev.foretap.Event
import dev.foretap.Item
import dev.foretap.fakes.FakeLauncherApps
import dev.foretap.usage.Phone.Companion.CHAT
import dev.foretap.usage.Phone.Companion.DAY_MS
import dev.foretap.usage.Phone.Companion.HOUR_MS
import dev.foretap.usage.Phone.Companion.MAIL
import dev.foretap.usage.Phone.Companion.MAPS
import dev.foretap.usage.Phone.Companion.NOON_MS
import kotlinx.coroutines.test.runTest
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import kotlin.test.assertEquals
import kotlin.test.assertIs
import kotlin.test.assertTrue

@RunWith(RobolectricTestRunner::class)
@Config(shadows = [FakeLauncherApps::class])
class UsageCollectorTest {
    private val phone = Phone()

    @Test
    fun `a backfill puts the app first that was used most`() = runTest {
        for (day in 1..7) {
            val startMs = NOON_MS - day * DAY_MS
            repeat(3) { phone.use(MAIL, startMs + it * 60_000) }
            phone.use(CHAT, startMs + 600_000)
            // What was used last is not what comes next.
            phone.use(MAPS, startMs + 700_000)
        }
        phone.foretap().use { foretap ->
            // A launch, a close and the home screen each.
            assertEquals(Collected.Events(105, 105), phone.collector.backfill(foretap))
            assertEquals(listOf(MAIL, CHAT), foretap.ids())
        }
    }

    @Test
    fun `reading again stores nothing twice, in this process or the next`() = runTest {
        phone.use(MAIL, NOON_MS - 2 * DAY_MS)
        phone.use(CHAT, NOON_MS - HOUR_MS)
        phone.foretap().use { foretap ->
            val collector = phone.collector
            collector.backfill(foretap)
            collector.backfill(foretap)
            collector.collect(foretap)
            phone.pass(HOUR_MS)
            // Another instance is what there is after the end of the process.
            phone.collector.collect(foretap)
            phone.use(MAPS, phone.nowMs - 60_000)
            assertEquals(3, assertIs<Collected.Events>(phone.collector.collect(foretap)).added)
            assertEquals(9, foretap.events())
        }
    }

    @Test
    fun `a process that ends between the launch and the close loses neither`() = runTest {
        phone.foretap().use { foretap ->
            phone.use(CHAT, NOON_MS - HOUR_MS)
            phone.log(NOON_MS - 20_000, Phone.RESUMED, MAIL)
            assertEquals(4, assertIs<Collected.Events>(phone.collector.collect(foretap)).added)
            phone.pass(60_000)
            phone.log(NOON_MS + 5_000, Phone.PAUSED, MAIL)
            phone.log(NOON_MS + 5_050, Phone.RESUMED, MAIL, "$MAIL.Second")
            phone.log(NOON_MS + 30_000, Phone.PAUSED, MAIL, "$MAIL.Second")
            assertEquals(1, assertIs<Collected.Events>(phone.collector.collect(foretap)).added)
            assertEquals(5, foretap.events())
        }
    }

    @Test
    fun `events that come late into the phone's log are told later`() = runTest {
        phone.foretap().use { foretap ->
            phone.use(MAIL, NOON_MS - HOUR_MS)
            phone.log(NOON_MS - 1_000, Phone.RESUMED, CHAT)
            phone.collector.collect(foretap)
            phone.log(NOON_MS - 5_000, Phone.RESUMED, MAPS)
            phone.log(NOON_MS - 4_000, Phone.PAUSED, MAPS)
            assertEquals(2, assertIs<Collected.Events>(phone.collector.collect(foretap)).added)
        }
    }

    @Test
    fun `without the access nothing is read, and that is said`() = runTest {
        phone.use(MAIL, NOON_MS - HOUR_MS)
        phone.foretap().use { foretap ->
            for (mode in listOf(AppOpsManager.MODE_IGNORED, AppOpsManager.MODE_ERRORED, AppOpsManager.MODE_DEFAULT)) {
                phone.access(mode)
                assertEquals(Collected.Refused, phone.collector.backfill(foretap))
                assertEquals(Collected.Refused, phone.collector.collect(foretap))
            }
            assertEquals(0, foretap.events())
            phone.access(AppOpsManager.MODE_ALLOWED)
            assertEquals(3, assertIs<Collected.Events>(phone.collector.collect(foretap)).added)
        }
    }

    @Test
    fun `a locked profile is read later`() = runTest {
        phone.use(MAIL, NOON_MS - HOUR_MS)
        phone.foretap().use { foretap ->
            phone.lock(phone.own)
            assertEquals(Collected.Locked, phone.collector.collect(foretap))
            assertEquals(0, foretap.events())
            phone.unlock(phone.own)
            assertEquals(3, assertIs<Collected.Events>(phone.collector.collect(foretap)).added)
        }
    }

    @Test
    @Config(sdk = [35], shadows = [FakeLauncherApps::class])
    fun `nothing is read in the private space`() = runTest {
        phone.use(MAIL, NOON_MS - HOUR_MS)
        FakeLauncherApps.types[phone.own] = "android.os.usertype.profile.PRIVATE"
        phone.foretap().use { foretap ->
            assertEquals(Collected.PrivateSpace, phone.collector.backfill(foretap))
            assertEquals(Collected.PrivateSpace, phone.collector.collect(foretap))
            assertEquals(0, foretap.events())
        }
    }

    @Test
    fun `apps that are gone are not told`() = runTest {
        phone.use(MAIL, NOON_MS - HOUR_MS)
        phone.use(CHAT, NOON_MS - HOUR_MS / 2)
        phone.use(MAPS, NOON_MS - HOUR_MS / 4)
        phone.uninstall(MAIL)
        phone.foretap().use { foretap ->
            phone.collector.backfill(foretap)
            assertEquals(listOf(CHAT), foretap.ids())
        }
    }

    @Test
    fun `screen, lock screen and notifications count from Android 9 on`() = runTest {
        phone.log(NOON_MS - 50_000, Phone.KEYGUARD_HIDDEN, "android")
        phone.log(NOON_MS - 40_000, Phone.INTERRUPTION, MAIL)
        phone.log(NOON_MS - 30_000, Phone.RESUMED, MAIL)
        phone.log(NOON_MS - 20_000, Phone.PAUSED, MAIL)
        phone.log(NOON_MS - 19_900, Phone.SCREEN_OFF, "android")
        phone.log(NOON_MS - 19_800, Phone.KEYGUARD_SHOWN, "android")
        phone.log(NOON_MS - 19_700, Phone.STOPPED, MAIL)
        phone.foretap().use { foretap ->
            phone.collector.collect(foretap)
            assertEquals(if (Build.VERSION.SDK_INT < 28) 2 else 5, foretap.events())
        }
    }

    @Test
    fun `notifications that the listener tells do not count twice`() = runTest {
        phone.log(NOON_MS - 40_000, Phone.INTERRUPTION, MAIL)
        val listener = "${phone.context.packageName}/dev.foretap.notifications.ForetapNotificationListener"
        Settings.Secure.putString(
            phone.context.contentResolver,
            "enabled_notification_listeners",
            "a/b.C:$listener:bad",
        )
        phone.foretap().use { foretap ->
            phone.collector.collect(foretap)
            assertEquals(0, foretap.events())
        }
    }

    @Test
    fun `thousands of events come in batches and count once`() = runTest(timeout = LONG) {
        val names = listOf(MAIL, CHAT, MAIL, MAPS)
        repeat(4_000) { phone.use(names[it % names.size], NOON_MS - 9 * DAY_MS + it * 180_000L) }
        phone.foretap().use { foretap ->
            assertEquals(Collected.Events(12_000, 12_000), phone.collector.backfill(foretap))
            assertEquals(MAIL, foretap.first())
            assertEquals(0, assertIs<Collected.Events>(phone.collector.collect(foretap)).added)
            assertEquals(12_000, foretap.events())
        }
    }

    @Test
    fun `a long gap is told as the past although the host has recorded something since`() = runTest {
        phone.foretap().use { foretap ->
            phone.use(MAIL, NOON_MS - HOUR_MS)
            phone.collector.collect(foretap)
            for (day in 1..5) phone.use(CHAT, NOON_MS + day * DAY_MS)
            phone.use(MAPS, NOON_MS + 5 * DAY_MS + HOUR_MS)
            phone.pass(6 * DAY_MS)
            foretap.record(Event.unlock())
            assertEquals(18, assertIs<Collected.Events>(phone.collector.collect(foretap)).added)
            assertEquals(CHAT, foretap.first())
        }
    }

    @Test
    fun `a clock that was set moves the mark, so that nothing counts twice`() = runTest {
        for (movedMs in listOf(3 * HOUR_MS, -3 * HOUR_MS)) {
            phone.pass(DAY_MS)
            phone.foretap().use { foretap ->
                phone.collector.forget()
                phone.use(MAIL, phone.nowMs - HOUR_MS)
                phone.collector.collect(foretap)
                val before = foretap.events()
                phone.pass(60_000)
                phone.setClock(phone.nowMs + movedMs)
                phone.use(CHAT, phone.nowMs - 20_000)
                assertEquals(3, assertIs<Collected.Events>(phone.collector.collect(foretap)).added)
                assertEquals(before + 3, foretap.events())
            }
        }
    }

    @Test
    fun `a clock that went wild does no harm`() = runTest {
        phone.foretap().use { foretap ->
            phone.use(MAIL, NOON_MS - HOUR_MS)
            phone.collector.collect(foretap)
            for ((boot, nowMs) in listOf(0L, 60_000, 253_402_300_799_999, NOON_MS + DAY_MS).withIndex()) {
                phone.restart(boot)
                phone.nowMs = nowMs
                assertIs<Collected.Events>(phone.collector.collect(foretap))
                assertIs<Collected.Events>(phone.collector.backfill(foretap))
            }
            assertEquals(3, foretap.events())
            phone.use(CHAT, NOON_MS + DAY_MS - HOUR_MS)
            phone.collector.collect(foretap)
            assertEquals(6, foretap.events())
        }
    }

    @Test
    fun `what the host opened itself counts once`() = runTest {
        phone.foretap().use { foretap ->
            val launches = OwnLaunches(phone.context, phone.clock)
            phone.log(NOON_MS - 1_000, Phone.RESUMED, Phone.HOME)
            assertEquals(Launched.STARTED, launches.launch(foretap, Item(MAIL)))
            phone.use(MAIL, NOON_MS + 300)
            phone.use(MAIL, NOON_MS + 60_000)
            phone.pass(HOUR_MS)
            repeat(3) { phone.collector.collect(foretap) }
            phone.collector.backfill(foretap)
            // One launch by the host, one by the log, two closes, the home screen three times.
            assertEquals(7, foretap.events())
        }
    }

    @Test
    fun `no text of anybody's is in what is told`() = runTest {
        phone.log(NOON_MS - 500_000, Phone.RESUMED, MAIL, "canary.Activity")
        phone.foretap().use { foretap ->
            val collected = phone.collector.collect(foretap)
            OwnLaunches(phone.context, phone.clock).launch(foretap, Item(CHAT))
            val file = phone.context.noBackupFilesDir.resolve("foretap/usage.mark")
            assertTrue(listOf("canary", MAIL).none { it in collected.toString() })
            phone.use(MAIL, NOON_MS - 200_000, 100)
            phone.collector.collect(foretap)
            assertTrue(listOf("canary", "example").none { it in file.readBytes().decodeToString() })
        }
    }

    private companion object {
        val LONG = kotlin.time.Duration.parse("5m")
    }
}
