package dev.foretap.notifications

import android.app.NotificationManager
import android.content.ComponentName
import android.content.Intent
import android.content.IntentFilter
import android.os.Build
import android.provider.Settings
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertNull
import kotlin.test.assertTrue

@RunWith(RobolectricTestRunner::class)
class NotificationAccessTest {
    private val context = RuntimeEnvironment.getApplication()
    private val access = NotificationAccess(context)

    @Test
    fun `it is granted to this very listener, or not`() {
        assertFalse(access.isGranted)
        grant("dev.foretap.notifications.AnotherListener")
        assertFalse(access.isGranted)
        grant("dev.foretap.notifications.ForetapNotificationListener")
        assertTrue(access.isGranted)
    }

    @Test
    fun `the nearest screen that the phone has is the one, and where there is none that is said`() {
        assertNull(access.settings())
        screen(Settings.ACTION_SETTINGS)
        assertEquals(Settings.ACTION_SETTINGS, access.settings()?.action)
        screen(Settings.ACTION_NOTIFICATION_LISTENER_SETTINGS)
        assertEquals(Settings.ACTION_NOTIFICATION_LISTENER_SETTINGS, access.settings()?.action)
        screen(Settings.ACTION_NOTIFICATION_LISTENER_DETAIL_SETTINGS)
        val nearest = access.settings()
        if (Build.VERSION.SDK_INT < 30) {
            assertEquals(Settings.ACTION_NOTIFICATION_LISTENER_SETTINGS, nearest?.action)
        } else {
            val name = nearest?.getStringExtra(Settings.EXTRA_NOTIFICATION_LISTENER_COMPONENT_NAME)
            assertEquals("${context.packageName}/dev.foretap.notifications.ForetapNotificationListener", name)
        }
        assertEquals(Intent.FLAG_ACTIVITY_NEW_TASK, nearest?.flags)
    }

    private fun grant(listener: String) {
        val component = ComponentName(context.packageName, listener)
        if (Build.VERSION.SDK_INT >= 27) {
            val notifications = context.getSystemService(NotificationManager::class.java)
            shadowOf(notifications).setNotificationListenerAccessGranted(component, true)
        } else {
            val listeners = "com.example/.Other:${component.flattenToString()}"
            Settings.Secure.putString(context.contentResolver, "enabled_notification_listeners", listeners)
        }
    }

    private fun screen(action: String) {
        val component = ComponentName("com.android.settings", "com.android.settings.$action")
        shadowOf(context.packageManager).addActivityIfNotPresent(component)
        val filter = IntentFilter(action).apply { addCategory(Intent.CATEGORY_DEFAULT) }
        shadowOf(context.packageManager).addIntentFilterForActivity(component, filter)
    }
}
