package dev.foretap.usage

import android.Manifest
import android.app.AppOpsManager
import android.content.ComponentName
import android.content.Intent
import android.content.IntentFilter
import android.provider.Settings
import dev.foretap.fakes.FakeLauncherApps
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import kotlin.test.assertEquals
import kotlin.test.assertNull

@RunWith(RobolectricTestRunner::class)
@Config(shadows = [FakeLauncherApps::class])
class UsageAccessTest {
    private val phone = Phone()
    private val access = UsageAccess(phone.context)

    @Test
    fun `it is granted by the person, or by the system's signature`() {
        val granted =
            listOf(AppOpsManager.MODE_ALLOWED, AppOpsManager.MODE_IGNORED, AppOpsManager.MODE_DEFAULT).map {
                phone.access(it)
                access.isGranted
            }
        assertEquals(listOf(true, false, false), granted)
        shadowOf(phone.context).grantPermissions(Manifest.permission.PACKAGE_USAGE_STATS)
        assertEquals(true, access.isGranted)
    }

    @Test
    fun `the nearest screen that the phone has is the one, and where there is none that is said`() {
        assertNull(access.settings())
        screen(Settings.ACTION_SETTINGS, null)
        assertEquals(Settings.ACTION_SETTINGS, access.settings()?.action)
        screen(Settings.ACTION_USAGE_ACCESS_SETTINGS, null)
        assertEquals(Settings.ACTION_USAGE_ACCESS_SETTINGS, access.settings()?.action)
        assertNull(access.settings()?.data)
        screen(Settings.ACTION_USAGE_ACCESS_SETTINGS, "package")
        assertEquals("package:${phone.context.packageName}", access.settings()?.data.toString())
        assertEquals(Intent.FLAG_ACTIVITY_NEW_TASK, access.settings()?.flags)
    }

    private fun screen(action: String, scheme: String?) {
        val component = ComponentName("com.android.settings", "com.android.settings.$action$scheme")
        shadowOf(phone.context.packageManager).addActivityIfNotPresent(component)
        val filter =
            IntentFilter(action).apply {
                addCategory(Intent.CATEGORY_DEFAULT)
                scheme?.let(::addDataScheme)
            }
        shadowOf(phone.context.packageManager).addIntentFilterForActivity(component, filter)
    }
}
