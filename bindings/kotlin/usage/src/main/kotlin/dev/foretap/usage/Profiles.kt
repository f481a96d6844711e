package dev.foretap.usage

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
 * The profile that this app runs in is number 0. Another one's number is its serial number, which the phone never
 * gives twice: a user's id is given again when a work profile is removed and made anew.
 */
internal class Profiles(context: Context) {
    private val own = Process.myUserHandle()
    private val users = context.systemService<UserManager>()
    private val launcher = context.systemService<LauncherApps>()

    /** Whether this app itself runs in the private space. */
    val isPrivate: Boolean get() = typeOf(own) == UserManager.USER_TYPE_PROFILE_PRIVATE

    /** The open profiles, this app's own first. */
    fun open(): List<UserHandle> = users.userProfiles.sortedBy { it != own }.filter { numberOf(it) != null }

    /** Whether the profile that this app runs in is unlocked. */
    val isUnlocked: Boolean get() = users.isUserUnlocked(own)

    /** The number of an open profile. */
    fun numberOf(user: UserHandle): Int? = serialOf(user)?.takeIf { isOpen(user) }

    /** The open profile of this number. */
    fun ofNumber(number: Int): UserHandle? = open().find { serialOf(it) == number }

    /** Likewise, but of a profile in any state. Another profile with the serial number 0 is this one's parent. */
    private fun serialOf(user: UserHandle): Int? = when (user) {
        own -> 0
        else -> users.getSerialNumberForUser(user).takeIf { it in 1..Int.MAX_VALUE }?.toInt()
    }

    private fun isOpen(user: UserHandle): Boolean = try {
        users.isUserUnlocked(user) && !users.isQuietModeEnabled(user) && !isHidden(user)
    } catch (_: SecurityException) {
        false
    }

    private fun isHidden(user: UserHandle): Boolean {
        if (Build.VERSION.SDK_INT < Build.VERSION_CODES.VANILLA_ICE_CREAM) return false
        val type = typeOf(user)
        return type == UserManager.USER_TYPE_PROFILE_PRIVATE || (type == null && user != own)
    }

    /** `null` before Android 15, which is the first with a private space, and where the phone does not say. */
    private fun typeOf(user: UserHandle): String? {
        if (Build.VERSION.SDK_INT < Build.VERSION_CODES.VANILLA_ICE_CREAM) return null
        return launcher.getLauncherUserInfo(user)?.userType
    }
}
