package dev.foretap.notifications

import android.app.Application
import android.service.notification.NotificationListenerService
import android.service.notification.StatusBarNotification
import android.util.Log
import dev.foretap.Foretap
import dev.foretap.ForetapProvider
import dev.foretap.Item
import dev.foretap.Profiles
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch

/**
 * Tells the app's [Foretap] that an app has posted a notification, or that its notifications were cleared without
 * being opened: which app and when, nothing else. It never looks at titles, texts, pictures or extras.
 *
 * The system starts it once the person has granted [NotificationAccess]. It finds the [Foretap] by the
 * [ForetapProvider] that the app's [Application] is, and opens it for the first notification, not before. An app
 * without one is told so in the system's log, once; then this does nothing.
 *
 * - What goes on (music, a call, a service in the foreground) and the headings of groups do not count.
 * - An update of a notification that is shown is none; once it is gone, the next one is.
 * - This app's own notifications do not count.
 * - Those of a profile that is locked or paused and of the private space are dropped.
 * - Those that were shown already when the system connected count if they are at most 12 hours old and the log does
 *   not have them.
 *
 * Nothing waits on the main thread: events are stored one after another in the background. While the log is opened or
 * busy 256 are held in memory; of more the oldest are dropped, as are those that cannot be stored.
 */
public class ForetapNotificationListener : NotificationListenerService() {
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)
    private var signals: Signals? = null

    override fun onCreate() {
        super.onCreate()
        val provider = application as? ForetapProvider
        if (provider == null) {
            Log.w(Signals.TAG, "no notification is recorded: the Application is no ForetapProvider")
            return
        }
        val profiles = Profiles(this)
        val shown = Shown { notice -> profiles.numberOf(notice.user)?.let { Item(notice.name, it) } }
        signals = Signals(provider, shown).also { scope.launch { it.tell() } }
    }

    override fun onListenerConnected() {
        val notices = active().filterNot(::isOwn).mapNotNull(Notice::of)
        signals?.take(Signal.Connected(notices, System.currentTimeMillis()))
    }

    override fun onNotificationPosted(posted: StatusBarNotification?) {
        if (posted == null || isOwn(posted)) return
        Notice.of(posted)?.let { signals?.take(Signal.Posted(it)) }
    }

    override fun onNotificationRemoved(removed: StatusBarNotification?, ranking: RankingMap?, reason: Int) {
        if (removed == null || isOwn(removed)) return
        signals?.take(Signal.Removed(Notice.ofAny(removed), System.currentTimeMillis(), reason == REASON_CLICK))
    }

    override fun onDestroy() {
        scope.cancel()
        super.onDestroy()
    }

    private fun active(): List<StatusBarNotification> = try {
        activeNotifications.orEmpty().filterNotNull()
    } catch (_: SecurityException) {
        // The person took the access back at this moment.
        emptyList()
    }

    private fun isOwn(posted: StatusBarNotification): Boolean = posted.packageName == packageName
}
