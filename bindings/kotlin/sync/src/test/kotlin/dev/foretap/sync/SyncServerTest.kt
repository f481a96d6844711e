package dev.foretap.sync

import dev.foretap.sync.SyncConfigurationException.Problem
import org.junit.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse

class SyncServerTest {
    @Test
    fun `a server without a pin is refused`() = refused(Problem.NO_PINS, pins = setOf())

    @Test
    fun `a pin is the hash of a key`() {
        listOf("", "sha256/", "sha256/AAAA", "sha1/$HASH", HASH, "sha256/*", "sha256/$HASH$HASH").forEach { pin ->
            refused(Problem.NOT_A_PIN, pins = setOf(PIN, pin))
        }
        SyncServer("https://example.org", setOf(PIN))
    }

    @Test
    fun `an address is a host and a path behind https`() {
        refused(Problem.NOT_AN_ADDRESS, "canary")
        refused(Problem.NOT_AN_ADDRESS, "")
        refused(Problem.NOT_HTTPS, "http://canary.example.org/")
        refused(Problem.MORE_THAN_AN_ADDRESS, "https://canary@example.org/")
        refused(Problem.MORE_THAN_AN_ADDRESS, "https://:canary@example.org/")
        refused(Problem.MORE_THAN_AN_ADDRESS, "https://example.org/?canary")
        refused(Problem.MORE_THAN_AN_ADDRESS, "https://example.org/#canary")
        listOf("https://example.org", "https://example.org:8443/a/b", "https://example.org/a/").forEach { address ->
            SyncServer(address, setOf(PIN))
        }
    }

    private fun refused(problem: Problem, address: String = "https://example.org", pins: Set<String> = setOf(PIN)) {
        val e = assertFailsWith<SyncConfigurationException> { SyncServer(address, pins) }
        assertEquals(problem, e.problem)
        assertFalse("canary" in e.toString())
    }

    private companion object {
        const val HASH = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
        const val PIN = "sha256/$HASH"
    }
}
