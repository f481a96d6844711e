package dev.foretap.usage

import dev.foretap.fakes.FakeLauncherApps
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import kotlin.test.assertEquals

@RunWith(RobolectricTestRunner::class)
@Config(shadows = [FakeLauncherApps::class])
class MarkFileTest {
    private val phone = Phone()
    private val file get() = MarkFile(phone.context, phone.clock)
    private val bytes get() = phone.context.noBackupFilesDir.resolve("foretap/usage.mark")
    private val nowMs = phone.nowMs

    @Test
    fun `what was written is read by the next process`() {
        assertEquals(null, file.read().fromMs)
        file.change { it.withLaunch(nowMs).copy(fromMs = nowMs - 5) }
        file.change { it.withLaunch(nowMs + 1).copy(launches = it.launches + OwnLaunch(nowMs + 1, nowMs + 9)) }
        assertEquals(nowMs - 5, file.read().fromMs)
        assertEquals(listOf(OwnLaunch(nowMs), OwnLaunch(nowMs + 1, nowMs + 9)), file.read().launches)
        file.delete()
        assertEquals(emptyList(), file.read().launches)
    }

    @Test
    fun `a file that is damaged, cut or newer counts as none`() {
        file.change { it.withLaunch(nowMs).copy(fromMs = nowMs) }
        val whole = bytes.readBytes()
        for (length in whole.indices) {
            bytes.writeBytes(whole.copyOf(length))
            assertEquals(null, file.read().fromMs, "$length")
        }
        bytes.writeBytes(byteArrayOf(2) + whole.drop(1))
        assertEquals(null, file.read().fromMs)
    }

    @Test
    fun `a clock that is set moves everything, one that is corrected a little nothing`() {
        file.change { it.withLaunch(nowMs - 10_000).copy(fromMs = nowMs - 20_000) }
        phone.pass(60_000)
        assertEquals(nowMs - 20_000, file.read().fromMs)
        phone.nowMs += 1_500
        assertEquals(nowMs - 20_000, file.read().fromMs)
        phone.nowMs += 3_600_000
        assertEquals(nowMs - 20_000 + 3_601_500, file.read().fromMs)
        assertEquals(nowMs - 10_000 + 3_601_500, file.read().launches.single().atMs)
    }

    @Test
    fun `after a restart only what would be in the future moves, and old launches are forgotten`() {
        file.change { it.withLaunch(nowMs).copy(fromMs = nowMs) }
        phone.restart(1)
        phone.nowMs = nowMs - 5_000
        assertEquals(nowMs - 5_000, file.read().fromMs)
        phone.nowMs = nowMs + 11 * Phone.DAY_MS
        assertEquals(nowMs, file.read().fromMs)
        assertEquals(emptyList(), file.read().launches)
    }
}
