package dev.foretap

import org.junit.Test
import kotlin.enums.EnumEntries
import kotlin.test.assertEquals
import dev.foretap.internal.ffi.AnsweredBy as NativeAnsweredBy
import dev.foretap.internal.ffi.Audio as NativeAudio
import dev.foretap.internal.ffi.Battery as NativeBattery
import dev.foretap.internal.ffi.Granularity as NativeGranularity
import dev.foretap.internal.ffi.Moment as NativeMoment
import dev.foretap.internal.ffi.Network as NativeNetwork
import dev.foretap.internal.ffi.PlaceLabel as NativePlaceLabel
import dev.foretap.internal.ffi.Recorded as NativeRecorded
import dev.foretap.internal.ffi.SyncConclusion as NativeConclusion
import dev.foretap.internal.ffi.SyncEnding as NativeEnding
import dev.foretap.internal.ffi.Weekday as NativeWeekday

class NamesTest {
    @Test
    fun `enums have the same names in the same order on both sides`() {
        val pairs: List<Pair<EnumEntries<*>, EnumEntries<*>>> =
            listOf(
                AnsweredBy.entries to NativeAnsweredBy.entries,
                Audio.entries to NativeAudio.entries,
                Battery.entries to NativeBattery.entries,
                Granularity.entries to NativeGranularity.entries,
                Moment.entries to NativeMoment.entries,
                Network.entries to NativeNetwork.entries,
                PlaceLabel.entries to NativePlaceLabel.entries,
                Recorded.entries to NativeRecorded.entries,
                ModelSyncConclusion.entries to NativeConclusion.entries,
                ModelSyncEnding.entries to NativeEnding.entries,
                java.time.DayOfWeek.entries to NativeWeekday.entries,
            )
        for ((public, native) in pairs) assertEquals(public.map { it.name }, native.map { it.name })
    }
}
