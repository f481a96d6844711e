package dev.foretap.usage

import android.content.Context
import android.os.SystemClock
import android.provider.Settings
import dev.foretap.WallClock

/**
 * The wall clock, and what tells that somebody set it.
 *
 * @property nowMs what it shows, in UTC epoch milliseconds.
 * @property bootMs what it would have shown when the phone was started: this changes only when the clock is set.
 * @property boot how often the phone was started. What [bootMs] says of one start says nothing of another.
 */
internal data class PhoneClock(val nowMs: Long, val bootMs: Long, val boot: Int) {
    companion object {
        fun read(context: Context, clock: WallClock): PhoneClock {
            val nowMs = clock.now().epochMs
            val boot = Settings.Global.getInt(context.contentResolver, Settings.Global.BOOT_COUNT, 0)
            return PhoneClock(nowMs, nowMs - SystemClock.elapsedRealtime(), boot)
        }
    }
}
