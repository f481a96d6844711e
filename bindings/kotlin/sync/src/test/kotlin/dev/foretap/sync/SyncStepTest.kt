package dev.foretap.sync

import org.junit.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse

class SyncStepTest {
    @Test
    fun `a path stays below the server's address`() {
        val refused =
            listOf("", "/a", "a/", "a//b", "..", "a/../b", ".", "a?b", "a#b", "a%2fb", "a b", "ä", "a\\b", "a\nb")
        (refused + "a".repeat(SyncPath.MAX_LENGTH + 1)).forEach { path ->
            val e = assertFailsWith<IllegalArgumentException>(path) { SyncPath(path) }
            assertEquals("not a path", e.message)
        }
        listOf("timestamp", "root/3", "a.b-c_d/0", "..a", "a".repeat(SyncPath.MAX_LENGTH)).forEach {
            assertEquals(it, SyncPath(it).value)
        }
    }

    @Test
    fun `an id has 128 bits`() {
        listOf("", "0".repeat(31), "0".repeat(33), "A".repeat(32), "g".repeat(32)).forEach {
            assertFailsWith<IllegalArgumentException> { BatchId(it) }
        }
        assertEquals("f".repeat(32), BatchId("f".repeat(32)).hex)
    }

    @Test
    fun `a fetch has bounds on both sides`() {
        val max = SyncStep.MAX_FILE_BYTES
        listOf(-1L to 1L, max + 1 to 1L, 0L to 0L, 0L to max + 1).forEach { (offset, bytes) ->
            assertFailsWith<IllegalArgumentException> { fetch(offset = offset, maxBytes = bytes) }
        }
        listOf(0L to 1L, max to max).forEach { (offset, bytes) -> fetch(offset = offset, maxBytes = bytes) }
    }

    @Test
    fun `a body has bounds on both sides`() {
        listOf(0, SyncStep.MAX_BODY_BYTES + 1).forEach {
            assertFailsWith<IllegalArgumentException> { post(body = ByteArray(it)) }
        }
        listOf(1, SyncStep.MAX_BODY_BYTES).forEach { post(body = ByteArray(it)) }
    }

    @Test
    fun `a reason is a code`() {
        listOf("", "A", "1a", "a-b", "a b", "a/b", "a.b", "a".repeat(SyncReason.MAX_LENGTH + 1)).forEach {
            assertFailsWith<IllegalArgumentException> { SyncReason(it) }
        }
        listOf("a", "wrong_server", "a".repeat(SyncReason.MAX_LENGTH)).forEach { assertEquals(it, SyncReason(it).code) }
    }

    @Test
    fun `no text of a step names its path, content or id`() {
        val id = "cafe".repeat(8)
        val texts =
            listOf(fetch("canary"), post("canary", "canary".encodeToByteArray(), id), SyncPath("canary"), BatchId(id))
        texts.forEach { assertFalse("canary" in "$it" || "cafe" in "$it", "$it") }
    }

    @Test
    fun `equal values are equal`() {
        assertEquals(SyncPath("a"), SyncPath("a"))
        assertEquals(BatchId("0".repeat(32)).hashCode(), BatchId("0".repeat(32)).hashCode())
        assertEquals(setOf(SyncReason("a")), setOf(SyncReason("a"), SyncReason("a")))
    }
}
