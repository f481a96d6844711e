package dev.foretap.usage

import android.content.pm.LauncherApps
import android.content.pm.UserInfo
import android.os.Looper
import dev.foretap.Event
import dev.foretap.EventKind
import dev.foretap.Item
import dev.foretap.fakes.FakeLauncherApps
import dev.foretap.usage.Phone.Companion.CHAT
import dev.foretap.usage.Phone.Companion.MAIL
import dev.foretap.usage.Phone.Companion.MAPS
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.runTest
import kotlinx.coroutines.yield
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.shadows.ShadowUserManager
import kotlin.test.assertEquals

@RunWith(RobolectricTestRunner::class)
@Config(shadows = [FakeLauncherApps::class])
class LaunchableAppsTest {
    private val phone = Phone()
    private val apps = LaunchableApps(phone.context)

    @Test
    fun `the newest is first, and neither the home screen nor the host is there`() = runTest {
        phone.install("com.example.new", atMs = 9)
        phone.install("com.example.older", atMs = 5)
        assertEquals(listOf("com.example.new", "com.example.older", CHAT, MAIL, MAPS), apps.items().map { it.id })
    }

    @Test
    fun `apps of an open profile carry its serial number, those of a closed one are left out`() = runTest {
        val work = phone.profile(10, serial = 17)
        val paused = phone.profile(11, 18, flags = ShadowUserManager.FLAG_MANAGED_PROFILE or UserInfo.FLAG_QUIET_MODE)
        listOf(work, paused).forEach { phone.install(MAIL, it) }
        assertEquals(setOf(0, 17), apps.items().filter { it.id == MAIL }.map { it.profile }.toSet())
        phone.lock(work)
        assertEquals(setOf(0), apps.items().map { it.profile }.toSet())
        phone.unlock(work)
        FakeLauncherApps.locked += work
        assertEquals(setOf(0), apps.items().map { it.profile }.toSet())
    }

    @Test
    @Config(sdk = [35], shadows = [FakeLauncherApps::class])
    fun `the private space is never there, nor a profile that the phone says nothing of`() = runTest {
        val private = phone.profile(10, 17, type = "android.os.usertype.profile.PRIVATE")
        val unknown = phone.profile(11, 18).also { FakeLauncherApps.types.remove(it) }
        val work = phone.profile(12, 19)
        listOf(private, unknown, work).forEach { phone.install("com.example.secret", it) }
        assertEquals(listOf(Item("com.example.secret", 19)), apps.items().filter { it.id == "com.example.secret" })
    }

    @Test
    @Config(sdk = [34, 35], shadows = [FakeLauncherApps::class])
    fun `what the system wants hidden from suggestions is left out`() = runTest {
        FakeLauncherApps.hidden += phone.own to MAIL
        assertEquals(listOf(CHAT, MAPS), apps.items().map { it.id })
    }

    @Test
    fun `installs and removals are told, updates and home screens are not`() = runTest {
        val told = Channel<Event>(Channel.UNLIMITED)
        val telling = launch(Dispatchers.IO) { apps.changes().collect(told::send) }
        while (!FakeLauncherApps.isWatched) yield()
        phone.install("com.example.new")
        listOf(MAIL, Phone.HOME, "com.example.none", "com.example.new", "com.example.new").forEach(::tellAdded)
        // In turn: what is told of a package is how it is when its turn comes.
        assertEquals(Event(EventKind.Install(Item("com.example.new"))), told.receive())
        phone.uninstall(MAIL)
        launcher.notifyPackageRemoved(MAIL)
        shadowOf(Looper.getMainLooper()).idle()
        assertEquals(Event(EventKind.Uninstall(Item(MAIL))), told.receive())
        phone.install("com.example.last")
        tellAdded("com.example.last")
        assertEquals(Event(EventKind.Install(Item("com.example.last"))), told.receive())
        telling.cancel()
    }

    private val launcher get() = shadowOf(phone.context.getSystemService(LauncherApps::class.java))

    private fun tellAdded(name: String) {
        launcher.notifyPackageAdded(name)
        shadowOf(Looper.getMainLooper()).idle()
    }
}
