package dev.foretap.notifications

import android.app.Notification
import android.os.Process
import android.os.UserHandle
import android.os.UserManager
import android.service.notification.NotificationListenerService
import android.service.notification.StatusBarNotification
import dev.foretap.Foretap
import dev.foretap.fakes.FakeLauncherApps
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.yield
import org.robolectric.Robolectric
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ServiceController
import org.robolectric.shadows.ShadowUserManager.UserState

/** A phone on which notifications come. */
internal class Phone {
    val context = RuntimeEnvironment.getApplication()
    val own: UserHandle = Process.myUserHandle()
    private val users = context.getSystemService(UserManager::class.java)!!

    init {
        FakeLauncherApps.clear()
        FakeLauncherApps.types[own] = "android.os.usertype.full.SYSTEM"
        shadowOf(users).setUserState(own, UserState.STATE_RUNNING_UNLOCKED)
    }

    fun listener(): ServiceController<ForetapNotificationListener> =
        Robolectric.buildService(ForetapNotificationListener::class.java).create()

    fun profile(id: Int, type: String = "android.os.usertype.profile.MANAGED", flags: Int = 0): UserHandle {
        val user = UserHandle.getUserHandleForUid(id * 100_000)
        shadowOf(users).addProfile(own.hashCode(), id, "other", flags)
        shadowOf(users).setSerialNumberForUser(user, id.toLong())
        shadowOf(users).setUserState(user, UserState.STATE_RUNNING_UNLOCKED)
        FakeLauncherApps.types[user] = type
        return user
    }

    fun lock(user: UserHandle) = shadowOf(users).setUserState(user, UserState.STATE_RUNNING_LOCKED)

    companion object {
        /** How long a test waits for what must come, on a computer that has much else to do. */
        const val TIMEOUT_MS = 60_000L
        const val MAIL = "com.example.mail"
        const val CHAT = "com.example.chat"
        const val CLICK = NotificationListenerService.REASON_CLICK
        const val CANCEL = NotificationListenerService.REASON_CANCEL

        fun notice(
            name: String,
            id: Int = 1,
            tag: String? = null,
            user: UserHandle = Process.myUserHandle(),
            agoMs: Long = 0,
            nowMs: Long = System.currentTimeMillis(),
            notification: Notification = Notification(),
        ) = StatusBarNotification(name, name, id, tag, 10_001, 1, notification, user, null, nowMs - agoMs)
    }
}

/** Waits until the engine has so many events. */
internal suspend fun Foretap.await(events: Long) = withContext(Dispatchers.Default) {
    withTimeout(Phone.TIMEOUT_MS) { while (health().events < events) yield() }
}
