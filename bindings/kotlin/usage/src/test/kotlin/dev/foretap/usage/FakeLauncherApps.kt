package dev.foretap.usage

import android.content.ActivityNotFoundException
import android.content.ComponentName
import android.content.Context
import android.content.pm.ActivityInfo
import android.content.pm.ApplicationInfo
import android.content.pm.LauncherActivityInfo
import android.content.pm.LauncherApps
import android.graphics.Rect
import android.os.Build
import android.os.Bundle
import android.os.Handler
import android.os.UserHandle
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Implementation
import org.robolectric.annotation.Implements
import org.robolectric.shadows.ShadowLauncherApps
import org.robolectric.util.ReflectionHelpers
import org.robolectric.util.ReflectionHelpers.ClassParameter

/** The phone's launcher service as the tests set it. */
@Implements(LauncherApps::class)
class FakeLauncherApps : ShadowLauncherApps() {
    @Implementation
    public override fun getActivityList(name: String?, user: UserHandle): List<LauncherActivityInfo> {
        if (user in locked) throw SecurityException("the profile is locked")
        return installed
            .filter { (owner, id) ->
                owner == user && (name == null || id == name)
            }.map { info(it.second, user) }
    }

    /** Whether somebody listens to packages. */
    @Volatile
    var isWatched = false

    @Implementation
    override fun registerCallback(callback: LauncherApps.Callback, handler: Handler) {
        super.registerCallback(callback, handler)
        isWatched = true
    }

    @Implementation(minSdk = Build.VERSION_CODES.Q)
    public override fun shouldHideFromSuggestions(name: String, user: UserHandle): Boolean = user to name in hidden

    @Implementation(minSdk = Build.VERSION_CODES.VANILLA_ICE_CREAM)
    fun getLauncherUserInfo(user: UserHandle): Any? {
        val type = types[user] ?: return null
        val info = Class.forName("android.content.pm.LauncherUserInfo\$Builder")
        val builder =
            ReflectionHelpers.callConstructor(
                info,
                ClassParameter.from(String::class.java, type),
                ClassParameter.from(Int::class.javaPrimitiveType, 0),
            )
        return ReflectionHelpers.callInstanceMethod(builder, "build")
    }

    @Implementation
    @Suppress("UNUSED_PARAMETER") // The signature is Android's.
    fun startMainActivity(component: ComponentName, user: UserHandle, bounds: Rect?, options: Bundle?) {
        refusal?.let { throw it }
        if (user to component.packageName !in installed) throw ActivityNotFoundException()
        started += component.packageName to user
    }

    private fun info(name: String, user: UserHandle): LauncherActivityInfo {
        val activity =
            ActivityInfo().apply {
                packageName = name
                this.name = "$name.Main"
                applicationInfo = ApplicationInfo().apply { packageName = name }
            }
        if (Build.VERSION.SDK_INT < Build.VERSION_CODES.S) {
            return ReflectionHelpers.callConstructor(
                LauncherActivityInfo::class.java,
                ClassParameter.from(Context::class.java, RuntimeEnvironment.getApplication()),
                ClassParameter.from(ActivityInfo::class.java, activity),
                ClassParameter.from(UserHandle::class.java, user),
            )
        }
        val states = Class.forName("android.content.pm.IncrementalStatesInfo")
        val internal = Class.forName("android.content.pm.LauncherActivityInfoInternal")
        val inner =
            ReflectionHelpers.callConstructor(
                internal,
                ClassParameter.from(ActivityInfo::class.java, activity),
                ClassParameter(states, null),
                ClassParameter.from(UserHandle::class.java, user),
            )
        return ReflectionHelpers.callConstructor(
            LauncherActivityInfo::class.java,
            ClassParameter.from(Context::class.java, RuntimeEnvironment.getApplication()),
            ClassParameter(internal, inner),
        )
    }

    companion object {
        /** Who has which app. */
        val installed = mutableSetOf<Pair<UserHandle, String>>()

        /** What the phone says the profiles are. */
        val types = mutableMapOf<UserHandle, String>()

        /** Profiles of which the service says nothing. */
        val locked = mutableSetOf<UserHandle>()

        /** What is not to be suggested. */
        val hidden = mutableSetOf<Pair<UserHandle, String>>()

        /** What was opened. */
        val started = mutableListOf<Pair<String, UserHandle>>()

        /** Why nothing can be opened. */
        var refusal: RuntimeException? = null

        fun clear() {
            listOf(installed, locked, hidden, started).forEach { it.clear() }
            types.clear()
            refusal = null
        }
    }
}
