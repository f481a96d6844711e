package dev.foretap.notifications

import android.app.Notification
import android.os.UserHandle
import android.service.notification.StatusBarNotification

/**
 * All that is taken of a notification. What it says is never looked at.
 *
 * @property name whose it is: the package.
 * @property user in which profile.
 * @property key which one it is: a hash of the system's key. The key itself holds a tag that the app chose.
 * @property atMs when it was posted, or posted anew, in UTC epoch milliseconds.
 */
internal data class Notice(val name: String, val user: UserHandle, val key: Int, val atMs: Long) {
    companion object {
        /**
         * `null` for what does not ask for the person: what goes on for a while (music, a navigation, a download),
         * and the heading of a group.
         */
        fun of(posted: StatusBarNotification): Notice? {
            val isCounted = posted.notification.flags and NOT_COUNTED == 0
            return if (isCounted) ofAny(posted) else null
        }

        /** The same of any notification: one that goes can have been another when it came. */
        fun ofAny(posted: StatusBarNotification): Notice =
            Notice(posted.packageName, posted.user, posted.key.hashCode(), posted.postTime)

        private const val NOT_COUNTED =
            Notification.FLAG_ONGOING_EVENT or Notification.FLAG_FOREGROUND_SERVICE or Notification.FLAG_GROUP_SUMMARY
    }
}
