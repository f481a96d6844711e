package dev.foretap.fakes

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
import android.os.Process
import android.os.UserHandle
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Implementation
import org.robolectric.annotation.Implements
import org.robolectric.shadows.ShadowLauncherApps
import org.robolectric.util.ReflectionHelpers
import org.robolectric.util.ReflectionHelpers.ClassParameter
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.CopyOnWriteArrayList

/**
 * The phone's launcher service as a test sets it.
 *
 * A test changes it while other threads ask it: whoever asks sees what was there before the change or after it.
 */
@Implements(LauncherApps::class)
public class FakeLauncherApps : ShadowLauncherApps() {
    @Implementation
    override fun getActivityList(name: String?, user: UserHandle): List<LauncherActivityInfo> {
        if (user in locked) throw SecurityException("the profile is locked")
        return installed.keys
            .filter { (owner, id) -> owner == user && (name == null || id == name) }
            .map { (_, id) -> info(id, user) }
    }

    @Implementation
    override fun registerCallback(callback: LauncherApps.Callback, handler: Handler) {
        watchers += Watcher(callback, handler)
    }

    @Implementation
    override fun unregisterCallback(callback: LauncherApps.Callback) {
        watchers.removeIf { it.callback === callback }
    }

    /** Tells all who listen that an app of this profile was installed or updated, each on its own thread. */
    override fun notifyPackageAdded(name: String): Unit = tell { it.onPackageAdded(name, Process.myUserHandle()) }

    /** Tells all who listen that an app of this profile was removed, each on its own thread. */
    override fun notifyPackageRemoved(name: String): Unit = tell { it.onPackageRemoved(name, Process.myUserHandle()) }

    @Implementation(minSdk = Build.VERSION_CODES.Q)
    override fun shouldHideFromSuggestions(name: String, user: UserHandle): Boolean = user to name in hidden

    /** What the phone says of a profile; `null` if it says nothing. Its type is missing in older Androids. */
    @Implementation(minSdk = Build.VERSION_CODES.VANILLA_ICE_CREAM)
    public fun getLauncherUserInfo(user: UserHandle): Any? {
        val type = types[user] ?: return null
        val builder =
            ReflectionHelpers.callConstructor(
                Class.forName("android.content.pm.LauncherUserInfo\$Builder"),
                ClassParameter.from(String::class.java, type),
                ClassParameter.from(Int::class.javaPrimitiveType, 0),
            )
        return ReflectionHelpers.callInstanceMethod(builder, "build")
    }

    /** Opens an app, which is what [started] says. */
    @Implementation
    @Suppress("UNUSED_PARAMETER") // The signature is Android's.
    public fun startMainActivity(component: ComponentName, user: UserHandle, bounds: Rect?, options: Bundle?) {
        refusal?.let { throw it }
        if (user to component.packageName !in installed) throw ActivityNotFoundException()
        started += component.packageName to user
    }

    private fun tell(what: (LauncherApps.Callback) -> Unit) = watchers.forEach { it.handler.post { what(it.callback) } }

    private fun info(name: String, user: UserHandle): LauncherActivityInfo {
        val activity =
            ActivityInfo().apply {
                packageName = name
                this.name = "$name.Main"
                applicationInfo = ApplicationInfo().apply { packageName = name }
            }
        val context = ClassParameter.from(Context::class.java, RuntimeEnvironment.getApplication())
        val owner = ClassParameter.from(UserHandle::class.java, user)
        if (Build.VERSION.SDK_INT < Build.VERSION_CODES.S) {
            val inner = ClassParameter.from(ActivityInfo::class.java, activity)
            return ReflectionHelpers.callConstructor(LauncherActivityInfo::class.java, context, inner, owner)
        }
        val states = Class.forName("android.content.pm.IncrementalStatesInfo")
        val internal = Class.forName("android.content.pm.LauncherActivityInfoInternal")
        val inner =
            ReflectionHelpers.callConstructor(
                internal,
                ClassParameter.from(ActivityInfo::class.java, activity),
                ClassParameter(states, null),
                owner,
            )
        return ReflectionHelpers.callConstructor(
            LauncherActivityInfo::class.java,
            context,
            ClassParameter(internal, inner),
        )
    }

    private class Watcher(val callback: LauncherApps.Callback, val handler: Handler)

    /** What is on the phone: one for the process, as the service is. */
    public companion object {
        /** The names of the apps, as the person knows them, by profile and package. */
        internal val installed: MutableMap<Pair<UserHandle, String>, String> = ConcurrentHashMap()

        private val watchers = CopyOnWriteArrayList<Watcher>()

        /** What the phone says the profiles are, such as `android.os.usertype.full.SYSTEM`. */
        public val types: MutableMap<UserHandle, String> = ConcurrentHashMap()

        /** Profiles of which the service says nothing. */
        public val locked: MutableSet<UserHandle> = ConcurrentHashMap.newKeySet()

        /** What is not to be suggested. */
        public val hidden: MutableSet<Pair<UserHandle, String>> = ConcurrentHashMap.newKeySet()

        /** What was opened, in order. */
        public val started: MutableList<Pair<String, UserHandle>> = CopyOnWriteArrayList()

        /** Why nothing can be opened; `null` if what is installed can. */
        @Volatile
        public var refusal: RuntimeException? = null

        /** What happens before an app's icon is given, on the thread that asks for it. */
        @Volatile
        public var beforeIcon: (String) -> Unit = {}

        /** Whether somebody listens to packages. */
        public val isWatched: Boolean get() = watchers.isNotEmpty()

        /** How many apps there are, in all profiles. */
        public val count: Int get() = installed.size

        /** Puts an app on the phone. Tells nobody. */
        public fun install(name: String, label: String = name, user: UserHandle = Process.myUserHandle()) {
            installed[user to name] = label
        }

        /** Takes an app away. Tells nobody. */
        public fun uninstall(name: String, user: UserHandle = Process.myUserHandle()) {
            installed.remove(user to name)
        }

        /** Takes every app away. Tells nobody. */
        public fun uninstallAll(): Unit = installed.clear()

        /** Makes it a phone with nothing on it, to which nobody listens. */
        public fun clear() {
            listOf(locked, hidden, started, watchers).forEach { it.clear() }
            listOf(installed, types).forEach { it.clear() }
            refusal = null
            beforeIcon = {}
        }
    }
}
