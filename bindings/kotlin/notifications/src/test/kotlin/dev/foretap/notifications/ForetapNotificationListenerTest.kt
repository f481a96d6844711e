package dev.foretap.notifications

import android.app.Notification
import android.content.pm.UserInfo
import android.os.Bundle
import dev.foretap.ExportSecret
import dev.foretap.Foretap
import dev.foretap.fakes.FakeLauncherApps
import dev.foretap.notifications.Phone.Companion.CANCEL
import dev.foretap.notifications.Phone.Companion.CHAT
import dev.foretap.notifications.Phone.Companion.CLICK
import dev.foretap.notifications.Phone.Companion.MAIL
import dev.foretap.notifications.Phone.Companion.notice
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.test.runTest
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.yield
import org.junit.After
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.shadows.ShadowLog
import org.robolectric.shadows.ShadowUserManager
import java.io.ByteArrayOutputStream
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertTrue

@RunWith(RobolectricTestRunner::class)
@Config(application = App::class, shadows = [FakeLauncherApps::class])
class ForetapNotificationListenerTest {
    private val phone = Phone()
    private val app = phone.context as App
    private val controller = phone.listener()
    private val listener: ForetapNotificationListener = controller.get()

    @After
    fun end() {
        controller.destroy()
        app.engine?.close()
    }

    @Test
    fun `a notification and that it was cleared are told, when they happened`() = runTest {
        val foretap = engine()
        val posted = notice(MAIL, agoMs = 60_000)
        listener.onNotificationPosted(posted)
        foretap.await(1)
        assertEquals(posted.postTime, foretap.health().newestMs)
        val beforeMs = System.currentTimeMillis()
        listener.onNotificationRemoved(posted, null, CANCEL)
        foretap.await(2)
        assertTrue(foretap.health().newestMs in beforeMs..System.currentTimeMillis())
    }

    @Test
    fun `one that was opened was not cleared`() = runTest {
        val foretap = engine()
        listener.onNotificationPosted(notice(MAIL))
        listener.onNotificationRemoved(notice(MAIL), null, CLICK)
        assertEquals(1, foretap.settled())
    }

    @Test
    fun `of several only the last one that goes clears`() = runTest {
        val foretap = engine()
        (1..3).forEach { listener.onNotificationPosted(notice(MAIL, it, agoMs = 10L - it)) }
        (1..3).forEach { listener.onNotificationRemoved(notice(MAIL, it), null, CANCEL) }
        listener.onNotificationRemoved(notice(CHAT), null, CANCEL)
        assertEquals(4, foretap.settled())
    }

    @Test
    fun `an update counts once, and the next one counts again`() = runTest {
        val foretap = engine()
        (1..20).forEach { listener.onNotificationPosted(notice(MAIL, agoMs = 100L - it)) }
        listener.onNotificationRemoved(notice(MAIL), null, CLICK)
        listener.onNotificationPosted(notice(MAIL, agoMs = 50))
        assertEquals(2, foretap.settled())
    }

    @Test
    fun `what goes on, headings and this app itself do not count`() = runTest {
        val foretap = engine()
        val uncounted =
            listOf(
                Notification.FLAG_ONGOING_EVENT,
                Notification.FLAG_FOREGROUND_SERVICE,
                Notification.FLAG_GROUP_SUMMARY,
            )
        uncounted.forEach { flag ->
            listener.onNotificationPosted(notice(MAIL, notification = Notification().apply { flags = flag }))
        }
        listener.onNotificationPosted(notice(phone.context.packageName))
        listener.onNotificationPosted(null)
        listener.onNotificationRemoved(null, null, CANCEL)
        listener.onNotificationRemoved(notice(phone.context.packageName), null, CANCEL)
        assertEquals(0, foretap.settled())
    }

    @Test
    fun `locked and paused profiles are left out, an open one counts as its own`() = runTest {
        val foretap = engine()
        val work = phone.profile(10)
        val locked = phone.profile(11)
        val paused = phone.profile(12, flags = ShadowUserManager.FLAG_MANAGED_PROFILE or UserInfo.FLAG_QUIET_MODE)
        phone.lock(locked)
        listOf(phone.own, work, locked, paused).forEach { listener.onNotificationPosted(notice(MAIL, user = it)) }
        assertEquals(2, foretap.settled())
    }

    @Test
    @Config(sdk = [35], application = App::class, shadows = [FakeLauncherApps::class])
    fun `the private space and profiles that the phone says nothing of are left out`() = runTest {
        val foretap = engine()
        val private = phone.profile(13, type = "android.os.usertype.profile.PRIVATE")
        val unknown = phone.profile(14).also { FakeLauncherApps.types.remove(it) }
        listOf(private, unknown).forEach { user ->
            listener.onNotificationPosted(notice(MAIL, user = user))
            listener.onNotificationRemoved(notice(MAIL, user = user), null, CANCEL)
        }
        assertEquals(0, foretap.settled())
    }

    @Test
    fun `what was shown before counts once, however often the system connects`() = runTest {
        val foretap = engine()
        val posted = notice(MAIL, agoMs = 60_000)
        val active = listOf(posted, notice(CHAT, agoMs = 3 * 86_400_000L), notice(phone.context.packageName))
        active.forEach { shadowOf(listener).addActiveNotification(it) }
        listener.onListenerConnected()
        listener.onListenerConnected()
        // The process died and is there again.
        val next = phone.listener()
        shadowOf(next.get()).addActiveNotification(posted)
        next.get().onListenerConnected()
        next.get().onNotificationPosted(posted)
        assertEquals(1, foretap.settled(next.get()))
        listener.onNotificationRemoved(posted, null, CANCEL)
        foretap.await(3)
        next.destroy()
    }

    @Test
    fun `what a notification says is nowhere`() = runTest {
        val nowMs = System.currentTimeMillis()
        val sizes =
            listOf("", CANARY).map { text ->
                val foretap = Foretap.inMemory()
                app.engine = foretap
                val controller = phone.listener()
                val notification =
                    Notification
                        .Builder(phone.context, "channel$text")
                        .setContentTitle(text)
                        .setContentText(text)
                        .setTicker(text)
                        .addExtras(Bundle().apply { putString(text, text) })
                        .build()
                repeat(20) { id ->
                    val posted =
                        notice(MAIL, id, tag = text, agoMs = 100L + id, nowMs = nowMs, notification = notification)
                    controller.get().onNotificationPosted(posted)
                    assertFalse(Notice.ofAny(posted).toString().contains("canary"))
                }
                foretap.await(20)
                val health = foretap.health()
                assertFalse((health.text + health.json).contains("canary"))
                controller.destroy()
                val export = ByteArrayOutputStream()
                foretap.use { it.exportTo(export, ExportSecret.Key(ByteArray(32))) }
                export.size()
            }
        // The export is sealed; but one with the texts in it would be longer.
        assertEquals(sizes[0], sizes[1])
        assertTrue(ShadowLog.getLogs().none { "canary" in it.msg.orEmpty() || MAIL in it.msg.orEmpty() })
        val files = phone.context.dataDir.walk().filter { it.isFile }
        assertTrue(files.none { "canary" in it.readBytes().decodeToString() })
    }

    @Test
    fun `a log that does not open now costs those notifications alone, and no name is written`() = runTest {
        ShadowLog.clear()
        listener.onNotificationPosted(notice(MAIL, 1))
        withContext(Dispatchers.Default) {
            withTimeout(Phone.TIMEOUT_MS) { while (warnings().isEmpty()) yield() }
        }
        assertEquals(listOf("1 events of notifications were not recorded: KeyUnavailable"), warnings())
        val foretap = engine()
        listener.onNotificationPosted(notice(MAIL, 2))
        assertEquals(1, foretap.settled())
    }

    @Test
    fun `after its end nothing is recorded`() = runTest {
        val foretap = engine()
        val other = phone.listener()
        other.destroy()
        other.get().onNotificationPosted(notice(CHAT))
        assertEquals(0, foretap.settled())
    }

    private suspend fun engine(): Foretap = Foretap.inMemory().also { app.engine = it }

    /** The number of events after all that was posted: signals keep their order, so one from the future tells. */
    private suspend fun Foretap.settled(by: ForetapNotificationListener = listener): Long {
        val last = notice("com.example.last", agoMs = -60_000)
        by.onNotificationPosted(last)
        withContext(Dispatchers.Default) {
            withTimeout(Phone.TIMEOUT_MS) { while (health().newestMs != last.postTime) yield() }
        }
        return health().events - 1
    }

    private fun warnings() = ShadowLog.getLogsForTag(Signals.TAG).map { it.msg }

    private companion object {
        val CANARY = (1..400).joinToString(" ") { "canary${it * 7_919 % 10_007}" }
    }
}
