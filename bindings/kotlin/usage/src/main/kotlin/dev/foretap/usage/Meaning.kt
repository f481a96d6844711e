package dev.foretap.usage

import android.app.usage.UsageEvents
import android.os.Build

/**
 * What a type of [UsageEvents.Event] says. The command line reads logs of the phone by the same rules.
 *
 * Android 8 has no types for the screen and the lock screen: there, unlocks come from the host alone.
 */
internal enum class Meaning(private val type: Int, private val sinceSdk: Int) {
    /** An activity came to the front: `MOVE_TO_FOREGROUND`, since API 29 `ACTIVITY_RESUMED`. */
    FRONT(1, Build.VERSION_CODES.O),

    /** An activity left the front: `MOVE_TO_BACKGROUND`, since API 29 `ACTIVITY_PAUSED`, which precedes each stop. */
    BACK(2, Build.VERSION_CODES.O),

    /** A notification interrupted the person: `NOTIFICATION_INTERRUPTION`, which has no public name. */
    NOTIFICATION(type = 12, Build.VERSION_CODES.P),

    /** The screen went off. */
    SCREEN_OFF(UsageEvents.Event.SCREEN_NON_INTERACTIVE, Build.VERSION_CODES.P),

    /** The lock screen came. */
    LOCK(UsageEvents.Event.KEYGUARD_SHOWN, Build.VERSION_CODES.P),

    /** The lock screen went. */
    UNLOCK(UsageEvents.Event.KEYGUARD_HIDDEN, Build.VERSION_CODES.P),
    ;

    companion object {
        /** The meaning of a type on this phone, if the library uses it. */
        fun of(type: Int): Meaning? = entries.find { it.type == type && Build.VERSION.SDK_INT >= it.sinceSdk }
    }
}
