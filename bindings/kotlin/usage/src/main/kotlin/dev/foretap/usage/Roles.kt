package dev.foretap.usage

import android.content.ComponentName
import android.content.Context
import android.content.Intent
import android.content.pm.PackageManager
import android.content.pm.ResolveInfo
import android.os.Build
import android.os.Process

/** What the packages of this app's own profile are to the person, as they are installed now. */
internal class Roles private constructor(
    private val host: String,
    private val homes: Set<String>,
    private val homeScreens: Set<ComponentName>,
    private val apps: Set<String>,
) {
    /** The role of a package, of whose activities [activity] is in front, if that is known. */
    fun of(name: String, activity: String? = null): Role = when {
        name in homes || name in SYSTEM -> Role.HOME

        activity != null && ComponentName(name, activity) in homeScreens -> Role.HOME

        name == host -> Role.HOST

        name in apps -> Role.APP

        // A home screen that is gone, or one for another display.
        name.contains("launcher", ignoreCase = true) -> Role.HOME

        else -> Role.COVER
    }

    companion object {
        fun of(context: Context): Roles {
            val found = homes(context.packageManager)
            // The settings have a stand-in for the time before the first unlock. They are an app nevertheless.
            val homes = found.filter { it.priority >= 0 }.map { it.activityInfo.packageName }
            val homeScreens = found.map { ComponentName(it.activityInfo.packageName, it.activityInfo.name) }
            val apps = LauncherActivities(context).all(Process.myUserHandle()).map { it.componentName.packageName }
            return Roles(context.packageName, homes.toSet(), homeScreens.toSet(), apps.toSet())
        }

        private fun homes(packages: PackageManager): List<ResolveInfo> {
            val home = Intent(Intent.ACTION_MAIN).addCategory(Intent.CATEGORY_HOME)
            if (Build.VERSION.SDK_INT < Build.VERSION_CODES.TIRAMISU) return packages.queryIntentActivities(home, 0)
            return packages.queryIntentActivities(home, PackageManager.ResolveInfoFlags.of(0))
        }

        /** The system's interface, and what is left of the first page of some makers' home screens. */
        private val SYSTEM = setOf("com.android.systemui", "com.huawei.intelligent", "com.mi.android.globalminusscreen")
    }
}
