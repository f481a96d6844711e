package dev.foretap.usage

import android.app.usage.UsageEvents
import android.app.usage.UsageStatsManager
import android.content.ComponentName
import android.content.Context
import android.provider.Settings

/** The phone's usage log. It holds what happened in this app's own profile, some 7 to 10 days back. */
internal class UsageLog(private val context: Context) {
    private val usage = context.systemService<UsageStatsManager>()

    /**
     * The entries from [fromMs] on and before [toMs], in order of time; `null` while the profile is locked.
     *
     * @throws SecurityException if the person took the access back.
     */
    fun read(fromMs: Long, toMs: Long): List<UsageEntry>? {
        val roles = Roles.of(context)
        val isListening = isListening()
        val entries = mutableListOf<UsageEntry>()
        var startMs = fromMs
        while (startMs < toMs) {
            val endMs = minOf(startMs + SLICE_MS, toMs)
            val slice = usage.queryEvents(startMs, endMs) ?: return null
            for (event in slice.events()) {
                val entry = entry(event, roles) ?: continue
                val isTold = entry.meaning == Meaning.NOTIFICATION && isListening
                if (entry.atMs in startMs until endMs && !isTold) entries += entry
            }
            startMs = endMs
        }
        return entries.apply { sortBy { it.atMs } }
    }

    private fun entry(event: UsageEvents.Event, roles: Roles): UsageEntry? {
        val meaning = Meaning.of(event.eventType) ?: return null
        val name = event.packageName.orEmpty()
        return UsageEntry(event.timeStamp, meaning, name, roles.of(name, event.className), event.className)
    }

    /** Whether the listener of the notifications module tells notifications, which would count twice. */
    private fun isListening(): Boolean {
        val listeners = Settings.Secure.getString(context.contentResolver, LISTENERS).orEmpty()
        return ComponentName(context.packageName, LISTENER) in
            listeners.split(':').map(ComponentName::unflattenFromString)
    }

    private fun UsageEvents.events(): Sequence<UsageEvents.Event> = generateSequence {
        UsageEvents.Event().takeIf { hasNextEvent() && getNextEvent(it) }
    }

    private companion object {
        /** A day at a time: what the system hands over lies in memory. */
        const val SLICE_MS = 86_400_000L
        const val LISTENERS = "enabled_notification_listeners"
        const val LISTENER = "dev.foretap.notifications.ForetapNotificationListener"
    }
}
