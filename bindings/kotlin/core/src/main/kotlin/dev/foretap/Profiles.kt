package dev.foretap

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
 * gives twice: a user's id is given again when a work profile is removed and made anew. It is [Item.profile].
 *
 * Asks for no permission. May be used from any thread.
 */
public class Profiles(context: Context) {
    private val own = Process.myUserHandle()
    private val users = context.service(UserManager::class.java)
    private val launcher = context.service(LauncherApps::class.java)

    /** Whether this app itself runs in the private space. */
    public val isPrivate: Boolean get() = typeOf(own) == UserManager.USER_TYPE_PROFILE_PRIVATE

    /** The open profiles, this app's own first. */
    public fun open(): List<UserHandle> = users.userProfiles.sortedBy { it != own }.filter { numberOf(it) != null }

    /** Whether the profile that this app runs in is unlocked. */
    public val isUnlocked: Boolean get() = users.isUserUnlocked(own)

    /** The number of a profile, if it is open. */
    public fun numberOf(user: UserHandle): Int? = serialOf(user)?.takeIf { isOpen(user) }

    /** The profile of this number, if it is open. */
    public fun ofNumber(number: Int): UserHandle? = open().find { serialOf(it) == number }

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

    /** Every Android has these. */
    private fun <T : Any> Context.service(type: Class<T>): T = checkNotNull(getSystemService(type)) { "no $type" }
}
