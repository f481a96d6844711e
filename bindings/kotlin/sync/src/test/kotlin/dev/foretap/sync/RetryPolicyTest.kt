package dev.foretap.sync

import org.junit.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertTrue
import kotlin.time.Duration
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds

class RetryPolicyTest {
    @Test
    fun `attempts are counted`() {
        val policy = RetryPolicy(attempts = 3, backOff = 15.minutes)
        assertEquals(listOf(true, true, false, false), (1..4).map { policy.triesAgain(postponed(), it) })
        assertFalse(RetryPolicy(attempts = 1, backOff = 15.minutes).triesAgain(postponed(), made = 1))
    }

    @Test
    fun `a server is not asked again before it said`() {
        val policy = RetryPolicy(attempts = 9, backOff = 15.minutes)
        assertTrue(policy.triesAgain(postponed(15.minutes), made = 1))
        assertFalse(policy.triesAgain(postponed(15.minutes + 1.seconds), made = 1))
        assertTrue(policy.triesAgain(postponed(1.hours), made = 3))
        assertFalse(policy.triesAgain(postponed(1.hours), made = 2))
    }

    @Test
    fun `pauses do not grow for ever`() {
        val policy = RetryPolicy(attempts = 100, backOff = 15.minutes)
        assertTrue(policy.triesAgain(postponed(5.hours), made = 50))
        assertFalse(policy.triesAgain(postponed(5.hours + 1.seconds), made = 50))
    }

    @Test
    fun `a failure becomes the outcome that it allows`() {
        assertEquals(SyncOutcome.Refused(SyncReason.WRONG_SERVER), TransportFailure.WrongServer.outcome())
        assertEquals(SyncOutcome.Postponed(SyncReason.NETWORK), TransportFailure.Unreachable.outcome())
        assertEquals(SyncOutcome.Postponed(SyncReason.BUSY, 9.seconds), TransportFailure.Busy(9.seconds).outcome())
    }

    private fun postponed(retryAfter: Duration? = null) = SyncOutcome.Postponed(SyncReason.BUSY, retryAfter)
}
