package dev.foretap.notifications

import android.app.NotificationManager
import android.content.ComponentName
import android.content.Context
import android.content.Intent
import android.net.Uri
import android.os.Build
import android.provider.Settings

/**
 * Whether the person lets this app see notifications. There is no dialogue for it: the person switches it on in the
 * settings, and can switch it off at any time; the system binds [ForetapNotificationListener] accordingly.
 *
 * ```
 * val access = NotificationAccess(context)
 * if (!access.isGranted) access.settings()?.let(context::startActivity)
 * ```
 */
public class NotificationAccess(context: Context) {
    private val context = context.applicationContext
    private val listener = ComponentName(this.context.packageName, ForetapNotificationListener::class.java.name)

    /** Whether notifications are told now. Worth asking again whenever the app comes to the front. */
    public val isGranted: Boolean
        get() {
            if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.O_MR1) {
                return context
                    .getSystemService(NotificationManager::class.java)
                    ?.isNotificationListenerAccessGranted(listener) == true
            }
            val listeners = Settings.Secure.getString(context.contentResolver, LISTENERS).orEmpty().split(':')
            return listener in listeners.map(ComponentName::unflattenFromString)
        }

    /**
     * The screen on which the person can grant it, from the nearest to the most general that this phone has: this
     * app's switch, the list of apps, this app's page, the settings. `null` if it has none of them: say so, there is
     * no way.
     *
     * Starts as a task of its own, so that any context can start it.
     */
    public fun settings(): Intent? {
        val screens =
            listOfNotNull(
                own(),
                Intent(Settings.ACTION_NOTIFICATION_LISTENER_SETTINGS),
                Intent(
                    Settings.ACTION_APPLICATION_DETAILS_SETTINGS,
                    Uri.fromParts("package", context.packageName, null),
                ),
                Intent(Settings.ACTION_SETTINGS),
            )
        val screen = screens.find { it.resolveActivity(context.packageManager) != null }
        return screen?.addFlags(Intent.FLAG_ACTIVITY_NEW_TASK)
    }

    private fun own(): Intent? {
        if (Build.VERSION.SDK_INT < Build.VERSION_CODES.R) return null
        return Intent(Settings.ACTION_NOTIFICATION_LISTENER_DETAIL_SETTINGS)
            .putExtra(Settings.EXTRA_NOTIFICATION_LISTENER_COMPONENT_NAME, listener.flattenToString())
    }

    private companion object {
        const val LISTENERS = "enabled_notification_listeners"
    }
}
