package dev.foretap.usage

import android.content.Context
import android.content.pm.LauncherActivityInfo
import android.content.pm.LauncherApps
import android.os.UserHandle

/** The activities that home screens show. */
internal class LauncherActivities(context: Context) {
    private val launcher = context.systemService<LauncherApps>()

    /** Every one of a profile. */
    fun all(user: UserHandle): List<LauncherActivityInfo> = list(null, user)

    /** Those of a package; empty if it cannot be opened there. */
    fun of(name: String, user: UserHandle): List<LauncherActivityInfo> = list(name, user)

    private fun list(name: String?, user: UserHandle): List<LauncherActivityInfo> = try {
        launcher.getActivityList(name, user).orEmpty()
    } catch (_: SecurityException) {
        // A profile that was locked or removed since it was asked for.
        emptyList()
    }
}
