package dev.foretap

import android.os.BatteryManager
import android.os.Build
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import kotlin.test.assertEquals
import kotlin.test.assertNotNull
import kotlin.test.assertTrue

@RunWith(RobolectricTestRunner::class)
class FrameworkTest {
    @Test
    fun `tests run on the oldest and the newest phones and can set their state`() {
        assertTrue(Build.VERSION.SDK_INT in setOf(26, 34, 35))
        val battery = assertNotNull(RuntimeEnvironment.getApplication().getSystemService(BatteryManager::class.java))
        shadowOf(battery).setIntProperty(BatteryManager.BATTERY_PROPERTY_CAPACITY, 42)
        assertEquals(42, battery.getIntProperty(BatteryManager.BATTERY_PROPERTY_CAPACITY))
    }
}
