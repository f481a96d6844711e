package dev.foretap.usage

import android.app.AppOpsManager
import android.app.Application
import android.app.usage.UsageStatsManager
import android.content.ComponentName
import android.content.Intent
import android.content.IntentFilter
import android.content.pm.PackageInfo
import android.os.Process
import android.os.UserHandle
import android.os.UserManager
import android.provider.Settings
import dev.foretap.Foretap
import dev.foretap.ForetapOptions
import dev.foretap.Request
import dev.foretap.Timestamp
import dev.foretap.WallClock
import dev.foretap.fakes.FakeLauncherApps
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.shadows.ShadowSystemClock
import org.robolectric.shadows.ShadowUsageStatsManager
import org.robolectric.shadows.ShadowUserManager.UserState
import java.time.Duration

/** A phone on a Monday at noon, with a home screen, three apps and the access granted. */
internal class Phone {
    val context: Application = RuntimeEnvironment.getApplication()
    val own: UserHandle = Process.myUserHandle()
    val collector get() = UsageCollector(context, clock)
    var nowMs = NOON_MS
    val clock = WallClock { Timestamp.ofEpochMs(nowMs) }

    private val usage = context.getSystemService(UsageStatsManager::class.java)!!
    private val users = context.getSystemService(UserManager::class.java)!!

    init {
        FakeLauncherApps.clear()
        FakeLauncherApps.types[own] = "android.os.usertype.full.SYSTEM"
        shadowOf(users).setUserState(own, UserState.STATE_RUNNING_UNLOCKED)
        listOf(HOME, MAIL, CHAT, MAPS, context.packageName).forEach { install(it) }
        home(HOME)
        access(AppOpsManager.MODE_ALLOWED)
    }

    fun access(mode: Int) {
        val operations = context.getSystemService(AppOpsManager::class.java)
        shadowOf(operations).setMode(AppOpsManager.OPSTR_GET_USAGE_STATS, Process.myUid(), context.packageName, mode)
    }

    fun home(name: String, activity: String = "$name.Home", priority: Int = 0) {
        val component = ComponentName(name, activity)
        shadowOf(context.packageManager).addActivityIfNotPresent(component)
        val filter =
            IntentFilter(Intent.ACTION_MAIN).apply {
                addCategory(Intent.CATEGORY_HOME)
                this.priority = priority
            }
        shadowOf(context.packageManager).addIntentFilterForActivity(component, filter)
    }

    fun install(name: String, user: UserHandle = own, atMs: Long = 0) {
        FakeLauncherApps.install(name, user = user)
        if (user != own) return
        shadowOf(context.packageManager).installPackage(
            PackageInfo().apply {
                packageName = name
                firstInstallTime = atMs
            },
        )
    }

    fun uninstall(name: String, user: UserHandle = own) = FakeLauncherApps.uninstall(name, user)

    /** Another profile, unlocked. */
    fun profile(
        id: Int,
        serial: Long,
        type: String = "android.os.usertype.profile.MANAGED",
        flags: Int = 0,
    ): UserHandle {
        val user = UserHandle.getUserHandleForUid(id * 100_000)
        shadowOf(users).addProfile(own.hashCode(), own.hashCode(), "own", 0)
        shadowOf(users).addProfile(own.hashCode(), id, "other", flags)
        shadowOf(users).setSerialNumberForUser(user, serial)
        shadowOf(users).setUserState(user, UserState.STATE_RUNNING_UNLOCKED)
        FakeLauncherApps.types[user] = type
        return user
    }

    fun lock(user: UserHandle) = shadowOf(users).setUserState(user, UserState.STATE_RUNNING_LOCKED)

    fun unlock(user: UserHandle) = shadowOf(users).setUserState(user, UserState.STATE_RUNNING_UNLOCKED)

    /** Lets time pass. */
    fun pass(ms: Long) {
        nowMs += ms
        ShadowSystemClock.advanceBy(Duration.ofMillis(ms))
    }

    /** Sets the clock; the system moves its log with it. */
    fun setClock(ms: Long) {
        shadowOf(usage).simulateTimeChange(ms - nowMs)
        nowMs = ms
    }

    /** Restarts the phone. */
    fun restart(boot: Int) {
        Settings.Global.putInt(context.contentResolver, Settings.Global.BOOT_COUNT, boot)
    }

    fun log(atMs: Long, type: Int, name: String, activity: String = "$name.Main") {
        val event =
            ShadowUsageStatsManager.EventBuilder
                .buildEvent()
                .setTimeStamp(atMs)
                .setEventType(type)
                .setPackage(name)
                .setClass(activity)
                .build()
        shadowOf(usage).addEvent(event)
    }

    /** The person uses an app from [fromMs] for [ms] and goes home. */
    fun use(name: String, fromMs: Long, ms: Long = 10_000) {
        log(fromMs, RESUMED, name)
        log(fromMs + ms, PAUSED, name)
        log(fromMs + ms + 50, RESUMED, HOME)
    }

    suspend fun foretap(): Foretap = Foretap.inMemory(ForetapOptions(clock = clock))

    companion object {
        /** 2026-03-02 12:00 UTC. */
        const val NOON_MS = 1_772_452_800_000
        const val HOUR_MS = 3_600_000L
        const val DAY_MS = 24 * HOUR_MS
        const val HOME = "com.example.home"
        const val MAIL = "com.example.mail"
        const val CHAT = "com.example.chat"
        const val MAPS = "com.example.maps"
        const val RESUMED = 1
        const val PAUSED = 2
        const val INTERRUPTION = 12
        const val SCREEN_OFF = 16
        const val KEYGUARD_SHOWN = 17
        const val KEYGUARD_HIDDEN = 18
        const val STOPPED = 23
    }
}

internal suspend fun Foretap.first(): String = predict(Request(limit = 1)).items.single().id

internal suspend fun Foretap.ids(): List<String> = predict(Request(limit = 8)).items.map { it.id }

internal suspend fun Foretap.events(): Long = health().events
