package dev.foretap.notifications

import android.content.Context
import android.content.pm.LauncherApps
import android.os.Build
import android.os.Process
import android.os.UserHandle
import android.os.UserManager

/**
 * The person's profiles whose apps may be known. A profile that is locked or paused is not among them, the private
 * space never is, and neither is one of which the phone does not say what it is.
 *
 * The numbers are those of the usage module: 0 for the profile that this app runs in, else the profile's serial
 * number.
 */
internal class Profiles(context: Context) {
    private val own = Process.myUserHandle()
    private val users = context.systemService<UserManager>()
    private val launcher = context.systemService<LauncherApps>()

    /** The number of an open profile. */
    fun numberOf(user: UserHandle): Int? {
        val serial = if (user == own) 0 else users.getSerialNumberForUser(user).takeIf { it in 1..Int.MAX_VALUE }
        return serial?.toInt()?.takeIf { isOpen(user) }
    }

    private fun isOpen(user: UserHandle): Boolean = try {
        users.isUserUnlocked(user) && !users.isQuietModeEnabled(user) && !isHidden(user)
    } catch (_: SecurityException) {
        false
    }

    private fun isHidden(user: UserHandle): Boolean {
        if (Build.VERSION.SDK_INT < Build.VERSION_CODES.VANILLA_ICE_CREAM) return false
        val type = launcher.getLauncherUserInfo(user)?.userType
        return type == UserManager.USER_TYPE_PROFILE_PRIVATE || (type == null && user != own)
    }
}
