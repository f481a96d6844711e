package dev.foretap.notifications

import dev.foretap.EventKind
import dev.foretap.Item

/** Which notifications are shown, and what is to be told when that changes. */
internal class Shown(private val itemOf: (Notice) -> Item?) {
    private val keys = mutableMapOf<Item, MutableSet<Int>>()

    /** What the signal means, with its time in UTC epoch milliseconds. */
    fun take(signal: Signal): List<Pair<Long, EventKind>> = when (signal) {
        is Signal.Posted -> listOfNotNull(posted(signal.notice))
        is Signal.Removed -> listOfNotNull(removed(signal))
        is Signal.Connected -> connected(signal)
    }

    /** An update of one that is shown is not another one. */
    private fun posted(notice: Notice): Pair<Long, EventKind>? {
        val item = itemOf(notice) ?: return null
        val isNew = keys.getOrPut(item, ::mutableSetOf).add(notice.key)
        return if (isNew) notice.atMs to EventKind.Notification(item) else null
    }

    /** Only when the last one of an item went is nothing left to open. */
    private fun removed(signal: Signal.Removed): Pair<Long, EventKind>? {
        val item =
            keys.keys.find { it.id == signal.notice.name && signal.notice.key in keys.getValue(it) } ?: return null
        val left = keys.getValue(item).apply { remove(signal.notice.key) }
        if (left.isNotEmpty()) return null
        keys.remove(item)
        val isTold = !signal.isOpened && itemOf(signal.notice) != null
        return if (isTold) signal.atMs to EventKind.NotificationCleared(item) else null
    }

    /** What was posted before the listener was there counts if it is not old: the log refuses what it has already. */
    private fun connected(signal: Signal.Connected): List<Pair<Long, EventKind>> {
        keys.clear()
        return signal.notices.sortedBy { it.atMs }.mapNotNull(::posted).filter { (atMs, _) ->
            signal.atMs - atMs in 0..RECENT_MS
        }
    }

    private companion object {
        /** What is older was told when it came, or is not news any more. */
        const val RECENT_MS = 12 * 3_600_000L
    }
}
