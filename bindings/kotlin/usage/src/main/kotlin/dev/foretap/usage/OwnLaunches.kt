package dev.foretap.usage

import android.content.ActivityNotFoundException
import android.content.Context
import android.content.pm.LauncherActivityInfo
import android.content.pm.LauncherApps
import android.os.Bundle
import android.os.UserHandle
import dev.foretap.Event
import dev.foretap.EventKind
import dev.foretap.Foretap
import dev.foretap.ForetapException
import dev.foretap.Item
import dev.foretap.PhoneContext
import dev.foretap.Profiles
import dev.foretap.Slot
import dev.foretap.WallClock
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.withContext
import java.io.IOException

/**
 * Opens apps for the host and records that. All that a host without [UsageAccess] knows; with it, this tells from
 * which slot an app was opened, and of apps in another profile, of which the phone's log says nothing.
 *
 * A launch that [UsageCollector] finds in the phone's log as well counts once: for that, the times of the host's own
 * launches are kept as long as the phone keeps its log, without their apps.
 *
 * @param clock the phone's clock; another one for tests.
 */
public class OwnLaunches(context: Context, private val clock: WallClock = WallClock.SYSTEM) {
    private val context = context.applicationContext
    private val launcher = context.systemService<LauncherApps>()
    private val profiles = Profiles(this.context)
    private val activities = LauncherActivities(this.context)
    private val file = MarkFile(this.context, clock)

    /**
     * Opens the app of [item], whose id is a package, then records it with [slot] and [context].
     *
     * @param options the animation, as of `ActivityOptions.toBundle()`.
     * @throws ForetapException as [Foretap.record]; then the app opens nevertheless.
     */
    public suspend fun launch(
        foretap: Foretap,
        item: Item,
        slot: Slot? = null,
        context: PhoneContext = PhoneContext.UNKNOWN,
        options: Bundle? = null,
    ): Launched = withContext(Dispatchers.IO) {
        val user = profiles.ofNumber(item.profile) ?: return@withContext Launched.CLOSED
        val activity = activities.of(item.id, user).firstOrNull()
        val launched = activity?.let { start(it, user, options) } ?: Launched.GONE
        val at = clock.now()
        when (launched) {
            Launched.STARTED -> {
                // What was started covers this app, and the caller may be cancelled: both, or neither.
                withContext(NonCancellable) {
                    foretap.record(Event.launch(item, at, context, slot))
                    if (item.profile == 0) note(at.epochMs)
                }
            }

            Launched.GONE -> {
                foretap.record(Event(EventKind.Uninstall(item), at))
            }

            Launched.CLOSED -> {}
        }
        launched
    }

    private fun start(activity: LauncherActivityInfo, user: UserHandle, options: Bundle?): Launched = try {
        launcher.startMainActivity(activity.componentName, user, null, options)
        Launched.STARTED
    } catch (_: ActivityNotFoundException) {
        Launched.GONE
    } catch (_: SecurityException) {
        Launched.CLOSED
    }

    private fun note(atMs: Long) {
        try {
            file.change { it.withLaunch(atMs) }
        } catch (_: IOException) {
            // The storage is full: this launch can count twice.
        }
    }
}
