package dev.foretap.usage

import android.content.Context
import dev.foretap.Event
import dev.foretap.EventKind
import dev.foretap.Foretap
import dev.foretap.ForetapException
import dev.foretap.Profiles
import dev.foretap.Recorded
import dev.foretap.Timestamp
import dev.foretap.WallClock
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withContext
import java.io.IOException

/**
 * Tells a [Foretap] what the phone's own usage log says: which app was in front from when to when, unlocks and locks,
 * the home screen, and notifications where the notifications module does not tell them.
 *
 * ```
 * val collector = UsageCollector(context)
 * if (collector.backfill(foretap) == Collected.Refused) explain()
 * // Later, whenever a ranking is about to be shown, and once a day:
 * collector.collect(foretap)
 * ```
 *
 * The log is that of the profile which this app runs in; the phone tells nobody about another. Apps that cannot be
 * opened any more are left out. From API 28 on the log has unlocks and locks: a host that collects records none of
 * its own there (`UnlockPredictor(recordsLocks = false)`); on Android 8 it records those of `ACTION_USER_PRESENT`. The
 * phone does not say in which time zone it was: past events get the local time of the present zone, with the daylight
 * saving time of their day.
 *
 * What is read twice counts once, so that no call is one too many. How far the log was read is kept in a file of a few
 * numbers that no backup takes and that names no app. Collectors take turns with themselves; one is enough.
 *
 * @param clock the phone's clock; another one for tests.
 */
public class UsageCollector(context: Context, private val clock: WallClock = WallClock.SYSTEM) {
    private val context = context.applicationContext
    private val access = UsageAccess(this.context)
    private val profiles = Profiles(this.context)
    private val file = MarkFile(this.context, clock)
    private val turn = Mutex()

    /**
     * Tells all that the phone has kept, some 7 to 10 days, as events of the past. For the first start, and after the
     * person granted the access.
     *
     * @throws ForetapException as [Foretap.backfill]: a later call goes on.
     */
    public suspend fun backfill(foretap: Foretap): Collected = read(fromMark = false) { events ->
        events.chunked(BACKFILL_BATCH).sumOf { foretap.backfill(it) }
    }

    /**
     * Tells what is new since the last call; the first time, all that the phone has kept. Best called before the host
     * records something of its own: an event that is older than the newest one is counted, but not as its successor.
     *
     * @throws ForetapException as [Foretap.record]: a later call goes on.
     */
    public suspend fun collect(foretap: Foretap): Collected = read(fromMark = true) { events -> tell(foretap, events) }

    /** Forgets how far the log was read. To be called with [Foretap.erase], and when the access was taken back. */
    public suspend fun forget(): Unit = withContext(Dispatchers.IO) { file.delete() }

    private suspend fun read(fromMark: Boolean, tell: suspend (List<Event>) -> Long): Collected = turn.withLock {
        withContext(Dispatchers.IO) {
            when {
                !access.isGranted -> Collected.Refused
                profiles.isPrivate -> Collected.PrivateSpace
                !profiles.isUnlocked -> Collected.Locked
                else -> readOpen(fromMark, tell)
            }
        }
    }

    private suspend fun readOpen(fromMark: Boolean, tell: suspend (List<Event>) -> Long): Collected {
        val nowMs = clock.now().epochMs
        val fromMs = maxOf(nowMs - KEPT_MS, file.read().fromMs?.takeIf { fromMark } ?: 0, 0)
        val entries =
            try {
                UsageLog(context).read(fromMs, nowMs + 1)
            } catch (_: SecurityException) {
                return Collected.Refused
            }
        return if (entries == null) Collected.Locked else tellOf(entries, nowMs, tell)
    }

    private suspend fun tellOf(
        entries: List<UsageEntry>,
        nowMs: Long,
        tell: suspend (List<Event>) -> Long,
    ): Collected {
        val stays = Stays(nowMs - UNCERTAIN_MS)
        entries.forEach(stays::add)
        stays.settle(nowMs)
        // After the log: the host notes a launch before it is long in the log.
        val launches = OwnLaunch.paired(file.read().launches, stays.events)
        val twins = launches.mapNotNull { it.twinMs }.toSet()
        val events =
            stays.events
                .filterNot { (atMs, kind) -> kind is EventKind.Launch && atMs in twins }
                .map { (atMs, kind) -> Event(kind, Timestamp.ofEpochMs(atMs)) }
        val added = tell(events)
        keep(stays.restMs, launches.filter { it.twinMs != null }.associateBy { it.atMs })
        return Collected.Events(events.size, added)
    }

    private fun keep(restMs: Long?, paired: Map<Long, OwnLaunch>) {
        try {
            file.change { mark ->
                mark.copy(
                    fromMs = restMs?.plus(1) ?: mark.fromMs,
                    launches = mark.launches.map { paired[it.atMs] ?: it },
                )
            }
        } catch (_: IOException) {
            // The storage is full. More is read again the next time, and counts once nevertheless.
        }
    }

    private suspend fun tell(foretap: Foretap, events: List<Event>): Long {
        val nowMs = clock.now().epochMs
        // A log that has the future in it was kept on another clock: then this is what happened last.
        val newestMs = foretap.health().newestMs?.takeIf { it <= nowMs } ?: Long.MIN_VALUE
        val (late, fresh) = events.partition { it.atMs < newestMs }
        val isPast = late.size > LATE_LIMIT || late.any { newestMs - it.atMs > LATE_MS }
        if (isPast) return late.chunked(BACKFILL_BATCH).sumOf { foretap.backfill(it) } + record(foretap, fresh)
        return record(foretap, events)
    }

    private suspend fun record(foretap: Foretap, events: List<Event>): Long =
        events.chunked(BATCH).sumOf { batch -> foretap.record(batch).count { it == Recorded.STORED }.toLong() }

    private val Event.atMs: Long get() = at?.epochMs ?: 0

    internal companion object {
        /** No phone keeps its events longer. */
        const val KEPT_MS = 10 * 86_400_000L

        /** What is younger is read again: the system can write an entry of then after others. */
        const val UNCERTAIN_MS = 10_000L

        /** A prediction waits for one batch at most. */
        const val BATCH = 500

        /** Each of these makes the habits be learned again. */
        const val BACKFILL_BATCH = 5_000

        /** So many events are worth learning the habits again, so that they become part of the sequence. */
        const val LATE_LIMIT = 128

        /** What is older is of the past, and not told as something that happens. */
        const val LATE_MS = 86_400_000L
    }
}
