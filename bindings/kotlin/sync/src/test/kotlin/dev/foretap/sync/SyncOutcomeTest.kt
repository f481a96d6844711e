package dev.foretap.sync

import org.junit.Test
import kotlin.test.assertEquals
import kotlin.time.Duration.Companion.hours

class SyncOutcomeTest {
    @Test
    fun `of several outcomes the one counts that asks for most`() {
        val done = SyncOutcome.Synced(modelChanged = false)
        val changed = SyncOutcome.Synced(modelChanged = true)
        val refused = SyncOutcome.Refused(SyncReason.STATUS)
        val network = SyncOutcome.Postponed(SyncReason.NETWORK)
        val busy = SyncOutcome.Postponed(SyncReason.BUSY, 2.hours)
        assertEquals(done, listOf(done, done).together())
        assertEquals(changed, listOf(changed, done).together())
        assertEquals(refused, listOf(changed, refused).together())
        assertEquals(network, listOf(refused, network, changed).together())
        assertEquals(SyncOutcome.Postponed(SyncReason.NETWORK, 2.hours), listOf(network, busy).together())
    }
}
