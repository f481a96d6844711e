package dev.foretap.usage

import dev.foretap.fakes.FakeLauncherApps
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import kotlin.test.assertEquals

@RunWith(RobolectricTestRunner::class)
@Config(shadows = [FakeLauncherApps::class])
class RolesTest {
    private val phone = Phone()

    @Test
    fun `each package is what it is to the person`() {
        phone.install("com.android.settings")
        phone.home("com.android.settings", "com.android.settings.FallbackHome", priority = -1000)
        phone.install("com.example.launcher.game")
        val roles = Roles.of(phone.context)
        val expected =
            mapOf(
                Phone.HOME to Role.HOME,
                "com.android.systemui" to Role.HOME,
                "com.gone.launcher3" to Role.HOME,
                "com.example.launcher.game" to Role.APP,
                Phone.MAIL to Role.APP,
                "com.android.settings" to Role.APP,
                phone.context.packageName to Role.HOST,
                "com.android.permissioncontroller" to Role.COVER,
                "android" to Role.COVER,
                "" to Role.COVER,
            )
        assertEquals(expected, expected.mapValues { (name, _) -> roles.of(name) })
        assertEquals(Role.HOME, roles.of("com.android.settings", "com.android.settings.FallbackHome"))
        assertEquals(Role.APP, roles.of("com.android.settings", "com.android.settings.Settings"))
    }

    @Test
    fun `a host that is the home screen is that`() {
        phone.home(phone.context.packageName)
        assertEquals(Role.HOME, Roles.of(phone.context).of(phone.context.packageName))
    }
}
