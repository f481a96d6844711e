package dev.foretap.demo

import android.content.ActivityNotFoundException
import android.content.Context
import android.content.pm.LauncherActivityInfo
import android.content.pm.LauncherApps
import android.graphics.drawable.Drawable
import android.os.Handler
import android.os.Looper
import android.os.Process
import android.os.UserHandle
import android.os.UserManager
import android.util.LruCache
import dev.foretap.Item
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.channels.awaitClose
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.buffer
import kotlinx.coroutines.flow.callbackFlow
import kotlinx.coroutines.withContext
import java.text.Collator

/** The apps that can be opened, of every profile that the phone lets a home screen see. */
internal class Apps(private val context: Context) {
    private val launcher = checkNotNull(context.getSystemService(LauncherApps::class.java))
    private val users = checkNotNull(context.getSystemService(UserManager::class.java))
    private val icons = LruCache<LaunchableApp, Drawable>(ICONS)

    /** As of the last [load], by name. */
    @Volatile
    var all: List<LaunchableApp> = emptyList()
        private set

    /** An app as a home screen shows it. Activities of one package are one item. */
    class LaunchableApp(val item: Item, val label: String, val activity: LauncherActivityInfo)

    /** Asks the phone which apps there are. */
    suspend fun load(): List<LaunchableApp> = withContext(Dispatchers.IO) {
        val byName = compareBy<LaunchableApp, String>(Collator.getInstance()) { it.label }
        users.userProfiles.flatMap(::ofProfile).sortedWith(byName.thenBy { it.item.id }).also {
            icons.evictAll()
            all = it
        }
    }

    /** The app of an item; `null` if it cannot be opened now. */
    fun of(item: Item): LaunchableApp? = all.find { it.item == item }

    /** An item's name as the person knows it. */
    fun labelOf(item: Item): String = of(item)?.label ?: item.id

    /** The app's icon, if it was loaded before. */
    fun loadedIcon(app: LaunchableApp): Drawable? = icons[app]

    /** The app's icon, with the mark of its profile. Slow the first time. */
    suspend fun icon(app: LaunchableApp): Drawable = icons[app] ?: withContext(Dispatchers.IO) {
        val icon = app.activity.getBadgedIcon(0)
        // Of two that were loaded at once, one is kept.
        synchronized(icons) { icons[app] ?: icon.also { icons.put(app, it) } }
    }

    /** Opens an app; `false` if the phone refuses, because it was removed or its profile is locked. */
    fun open(app: LaunchableApp): Boolean = try {
        launcher.startMainActivity(app.activity.componentName, app.activity.user, null, null)
        true
    } catch (_: ActivityNotFoundException) {
        false
    } catch (_: SecurityException) {
        false
    }

    /** Tells when apps come, go or change. */
    fun changes(): Flow<Unit> = callbackFlow {
        val callback =
            object : LauncherApps.Callback() {
                override fun onPackageAdded(name: String, user: UserHandle) = tell()

                override fun onPackageChanged(name: String, user: UserHandle) = tell()

                override fun onPackageRemoved(name: String, user: UserHandle) = tell()

                override fun onPackagesAvailable(names: Array<String>, user: UserHandle, replacing: Boolean) = tell()

                override fun onPackagesUnavailable(names: Array<String>, user: UserHandle, replacing: Boolean) = tell()

                private fun tell() {
                    trySend(Unit)
                }
            }
        launcher.registerCallback(callback, Handler(Looper.getMainLooper()))
        awaitClose { launcher.unregisterCallback(callback) }
    }.buffer(Channel.CONFLATED)

    private fun ofProfile(user: UserHandle): List<LaunchableApp> {
        // Serial numbers, unlike ids, are never given twice.
        val profile = if (user == Process.myUserHandle()) 0 else users.getSerialNumberForUser(user).toInt()
        val activities =
            try {
                launcher.getActivityList(null, user).orEmpty()
            } catch (_: SecurityException) {
                // A profile that was locked or removed since it was asked for.
                emptyList()
            }
        return activities
            .filter { profile >= 0 && it.componentName.packageName != context.packageName }
            .map { LaunchableApp(Item(it.componentName.packageName, profile), it.label.toString(), it) }
    }

    private companion object {
        const val ICONS = 200
    }
}
