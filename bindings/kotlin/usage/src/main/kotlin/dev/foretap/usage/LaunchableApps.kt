package dev.foretap.usage

import android.content.Context
import android.content.pm.LauncherActivityInfo
import android.content.pm.LauncherApps
import android.os.Build
import android.os.Handler
import android.os.Looper
import android.os.UserHandle
import dev.foretap.Event
import dev.foretap.EventKind
import dev.foretap.Item
import dev.foretap.Profiles
import dev.foretap.Request
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.channels.awaitClose
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.buffer
import kotlinx.coroutines.flow.callbackFlow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.flowOn
import kotlinx.coroutines.withContext

/**
 * The apps that the person can open, as a home screen would show them. Needs no permission.
 *
 * Apps of every profile that is open now: those of a locked or paused profile come back with it, and those of the
 * private space are never told. Home screens, this app itself, and what the system wants hidden from suggestions are
 * left out.
 *
 * An item's profile is 0 for the profile that this app runs in, else the profile's serial number
 * (`UserManager.getSerialNumberForUser`), which the phone never gives to another one.
 */
public class LaunchableApps(context: Context) {
    private val context = context.applicationContext
    private val launcher = context.systemService<LauncherApps>()
    private val profiles = Profiles(this.context)
    private val activities = LauncherActivities(this.context)

    /** The items, the newest installed first: for [Request.candidates], which takes at most 4,096. */
    public suspend fun items(): List<Item> = withContext(Dispatchers.IO) { current() }

    /**
     * Installs and removals from now on, without a time: to be recorded as they come. An update of an app is neither.
     *
     * Ends never by itself; buffers as many as come.
     */
    public fun changes(): Flow<Event> = flow {
        val known = current().toMutableSet()
        packages().collect { changed ->
            if (changed == null) {
                // What came before anybody was watching.
                current().filter(known::add).forEach { emit(Event(EventKind.Install(it))) }
            } else {
                kind(changed, known)?.let { emit(Event(it)) }
            }
        }
    }.flowOn(Dispatchers.IO)

    private fun kind(changed: Package, known: MutableSet<Item>): EventKind? {
        val profile = profiles.numberOf(changed.user) ?: return null
        val item = Item(changed.name, profile)
        val isThere = offered(changed.user, activities.of(changed.name, changed.user), Roles.of(context)).isNotEmpty()
        return when {
            isThere && known.add(item) -> EventKind.Install(item)
            !isThere && known.remove(item) -> EventKind.Uninstall(item)
            else -> null
        }
    }

    /** The packages that change; first `null`, from when on none is missed. */
    private fun packages(): Flow<Package?> = callbackFlow {
        val callback =
            object : LauncherApps.Callback() {
                override fun onPackageAdded(name: String, user: UserHandle) = tell(name, user)

                override fun onPackageChanged(name: String, user: UserHandle) = tell(name, user)

                override fun onPackageRemoved(name: String, user: UserHandle) = tell(name, user)

                override fun onPackagesAvailable(names: Array<String>, user: UserHandle, isReplacing: Boolean) =
                    names.forEach { tell(it, user) }

                // The apps are there, only not now: on a card that was taken out.
                override fun onPackagesUnavailable(names: Array<String>, user: UserHandle, isReplacing: Boolean) = Unit

                private fun tell(name: String, user: UserHandle) {
                    trySend(Package(name, user))
                }
            }
        launcher.registerCallback(callback, Handler(Looper.getMainLooper()))
        send(null)
        awaitClose { launcher.unregisterCallback(callback) }
    }.buffer(Channel.UNLIMITED)

    private fun current(): List<Item> {
        val roles = Roles.of(context)
        val found =
            profiles.open().flatMap { user ->
                val profile = profiles.numberOf(user) ?: return@flatMap emptyList()
                offered(user, activities.all(user), roles)
                    .map { it.firstInstallTime to Item(it.componentName.packageName, profile) }
            }
        return found
            .sortedWith(
                compareByDescending<Pair<Long, Item>> { it.first }.thenBy { it.second.id }.thenBy { it.second.profile },
            ).map { it.second }
            .distinct()
            .take(MAX_ITEMS)
    }

    private fun offered(user: UserHandle, all: List<LauncherActivityInfo>, roles: Roles): List<LauncherActivityInfo> =
        all.filter { activity ->
            val name = activity.componentName.packageName
            roles.of(name).let { it != Role.HOME && it != Role.HOST } && !isHidden(name, user)
        }

    private fun isHidden(name: String, user: UserHandle): Boolean =
        Build.VERSION.SDK_INT >= Build.VERSION_CODES.Q && launcher.shouldHideFromSuggestions(name, user)

    private class Package(val name: String, val user: UserHandle)

    private companion object {
        const val MAX_ITEMS = 4_096
    }
}
