package dev.foretap.usage

import dev.foretap.EventKind
import dev.foretap.Item

/**
 * Makes events of entries: which app is in front, from when to when.
 *
 * An app that changes its activities stays in front; so does one that something covers which cannot be opened itself.
 * The screen going off and the lock screen that follows are one lock.
 *
 * Nothing is in front at the beginning, and the phone is not locked. The same is true after [restMs]: the entries that
 * follow give the same events to another instance.
 *
 * @param certainMs up to when all entries are known, in UTC epoch milliseconds: later ones can still be joined by
 * others.
 */
internal class Stays(private val certainMs: Long = Long.MAX_VALUE) {
    private class Stay(val item: Item) {
        /** Since when the app is not in front; `null` while it, or what covers it, is. */
        var leftMs: Long? = null
    }

    private val told = mutableListOf<Pair<Long, EventKind>>()
    private var stay: Stay? = null

    /** What came to the front last. Whatever else leaves did so before. */
    private var last: UsageEntry? = null
    private var isLocked = false

    /** The time of the last entry, in UTC epoch milliseconds. */
    private var atMs: Long? = null

    /** A moment after whose entries nothing is in front of an unlocked phone, in UTC epoch milliseconds. */
    var restMs: Long? = null
        private set

    /** Everything that is certain, with its time in UTC epoch milliseconds, in order of time. */
    val events: List<Pair<Long, EventKind>> get() = told.sortedBy { it.first }

    /** Takes the next entry. */
    fun add(entry: UsageEntry) {
        settle(entry.atMs)
        atMs = entry.atMs
        when (entry.meaning) {
            Meaning.FRONT -> front(entry)
            Meaning.BACK -> back(entry)
            Meaning.NOTIFICATION -> if (entry.role == Role.APP) tell(entry, EventKind.Notification(Item(entry.name)))
            Meaning.SCREEN_OFF, Meaning.LOCK -> lock(entry)
            Meaning.UNLOCK -> unlock(entry)
        }
    }

    /** Takes note that it is [nowMs]: an app that left a while ago does not come back in the same stay. */
    fun settle(nowMs: Long) {
        stay?.leftMs?.let { leftMs -> if (nowMs - leftMs > SAME_STAY_MS) end(leftMs) }
        val isRest = stay == null && !isLocked
        atMs?.let { atMs -> if (isRest && atMs < nowMs && atMs <= certainMs) restMs = atMs }
    }

    private fun front(entry: UsageEntry) {
        last = entry
        if (entry.role == Role.COVER) {
            stay?.leftMs = null
            return
        }
        isLocked = false
        if (entry.role == Role.APP && stay?.item?.id == entry.name) {
            stay?.leftMs = null
            return
        }
        end(stay?.leftMs ?: entry.atMs)
        when (entry.role) {
            Role.APP -> {
                val item = Item(entry.name)
                stay = Stay(item)
                tell(entry, EventKind.Launch(item))
            }

            Role.HOME -> {
                tell(entry, EventKind.Home)
            }

            Role.HOST, Role.COVER -> {}
        }
    }

    private fun back(entry: UsageEntry) {
        val isLast = last?.let { it.name == entry.name && it.activity == entry.activity } ?: false
        if (isLast) stay?.let { it.leftMs = it.leftMs ?: entry.atMs }
    }

    private fun lock(entry: UsageEntry) {
        if (isLocked) return
        end(stay?.leftMs ?: entry.atMs)
        tell(entry, EventKind.Lock)
        isLocked = true
    }

    private fun unlock(entry: UsageEntry) {
        end(stay?.leftMs ?: entry.atMs)
        tell(entry, EventKind.Unlock)
        isLocked = false
    }

    private fun end(atMs: Long) {
        stay?.let { told += atMs to EventKind.Close(it.item) }
        stay = null
    }

    private fun tell(entry: UsageEntry, kind: EventKind) {
        told += entry.atMs to kind
    }

    private companion object {
        /** An app that comes back this soon has changed its activity, and was not left. */
        const val SAME_STAY_MS = 1_000L
    }
}
