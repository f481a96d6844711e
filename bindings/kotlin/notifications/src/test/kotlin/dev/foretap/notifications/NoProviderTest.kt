package dev.foretap.notifications

import android.app.Application
import dev.foretap.fakes.FakeLauncherApps
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import org.robolectric.shadows.ShadowLog
import kotlin.test.assertEquals

@RunWith(RobolectricTestRunner::class)
@Config(application = Application::class, shadows = [FakeLauncherApps::class])
class NoProviderTest {
    private val phone = Phone()

    @Test
    fun `an app without a provider is told so once, and nothing else happens`() {
        val controller = phone.listener()
        repeat(3) { controller.get().onNotificationPosted(Phone.notice(Phone.MAIL, it)) }
        controller.get().onListenerConnected()
        controller.get().onNotificationRemoved(Phone.notice(Phone.MAIL), null, Phone.CANCEL)
        controller.destroy()
        assertEquals(
            listOf("no notification is recorded: the Application is no ForetapProvider"),
            ShadowLog.getLogsForTag("Foretap").map { it.msg },
        )
    }
}
