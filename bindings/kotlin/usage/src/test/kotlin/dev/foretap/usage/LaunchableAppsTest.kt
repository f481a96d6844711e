package dev.foretap.usage

import android.content.pm.LauncherApps
import android.content.pm.UserInfo
import android.os.Looper
import dev.foretap.Event
import dev.foretap.EventKind
import dev.foretap.Item
import dev.foretap.usage.Phone.Companion.CHAT
import dev.foretap.usage.Phone.Companion.MAIL
import dev.foretap.usage.Phone.Companion.MAPS
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.test.runTest
import kotlinx.coroutines.yield
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.shadow.api.Shadow
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
        val told = async(Dispatchers.IO) { apps.changes().take(2).toList() }
        val launcher = Shadow.extract<FakeLauncherApps>(phone.context.getSystemService(LauncherApps::class.java))
        while (!launcher.isWatched) yield()
        phone.install("com.example.new")
        listOf(
            MAIL,
            Phone.HOME,
            "com.example.none",
            "com.example.new",
            "com.example.new",
        ).forEach(launcher::notifyPackageAdded)
        shadowOf(Looper.getMainLooper()).idle()
        phone.uninstall(MAIL)
        launcher.notifyPackageRemoved(MAIL)
        shadowOf(Looper.getMainLooper()).idle()
        val kinds = listOf(EventKind.Install(Item("com.example.new")), EventKind.Uninstall(Item(MAIL)))
        assertEquals(kinds.map { Event(it) }, told.await())
    }
}
