package dev.foretap.notifications

import android.content.pm.LauncherApps
import android.os.Build
import android.os.UserHandle
import org.robolectric.annotation.Implementation
import org.robolectric.annotation.Implements
import org.robolectric.shadows.ShadowLauncherApps
import org.robolectric.util.ReflectionHelpers
import org.robolectric.util.ReflectionHelpers.ClassParameter

/** What the phone says the profiles are. */
@Implements(LauncherApps::class)
class FakeLauncherApps : ShadowLauncherApps() {
    // The type is missing in older Androids.
    @Implementation(minSdk = Build.VERSION_CODES.VANILLA_ICE_CREAM)
    fun getLauncherUserInfo(user: UserHandle): Any? {
        val type = types[user] ?: return null
        val builder =
            ReflectionHelpers.callConstructor(
                Class.forName("android.content.pm.LauncherUserInfo\$Builder"),
                ClassParameter.from(String::class.java, type),
                ClassParameter.from(Int::class.javaPrimitiveType, 0),
            )
        return ReflectionHelpers.callInstanceMethod(builder, "build")
    }

    companion object {
        val types = mutableMapOf<UserHandle, String>()
    }
}
