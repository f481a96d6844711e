package dev.foretap.usage

import dev.foretap.EventKind
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import kotlin.random.Random
import kotlin.test.assertEquals
import kotlin.test.assertTrue

@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35])
class StaysTest {
    @Test
    fun `an app that changes its activities is opened once`() {
        val story =
            story(
                front(0, "mail", "List"),
                back(900, "mail", "List"),
                front(950, "mail", "Letter"),
                back(5_000, "mail", "Letter"),
                front(5_100, "mail", "List"),
                back(9_000, "mail", "List"),
                front(9_100, "home"),
            )
        assertEquals("0+mail 9000-mail 9100home", story)
    }

    @Test
    fun `an app that is opened from another closes it`() {
        assertEquals("0+mail 40-mail 50+chat", story(front(0, "mail"), back(40, "mail"), front(50, "chat")))
        assertEquals("0+mail 50-mail 50+chat", story(front(0, "mail"), front(50, "chat")))
    }

    @Test
    fun `an app that comes back after a while is opened again`() {
        val story = story(front(0, "mail"), back(1_000, "mail"), front(2_001, "mail"), back(2_500, "mail"))
        assertEquals("0+mail 1000-mail 2001+mail", story)
    }

    @Test
    fun `an activity that is not in front does not close the app`() {
        val story = story(front(0, "mail", "List"), front(50, "mail", "Letter"), back(60, "mail", "List"), now(9_000))
        assertEquals("0+mail", story)
    }

    @Test
    fun `what covers an app does not close it`() {
        val question = listOf(front(1_050, "question"), back(60_000, "question"), front(60_100, "mail"))
        assertEquals("0+mail", story(front(0, "mail"), back(1_000, "mail"), *question.toTypedArray(), now(90_000)))
        assertEquals(
            "0+mail 60000-mail 63000home",
            story(front(0, "mail"), back(1_000, "mail"), question[0], question[1], front(63_000, "home")),
        )
        assertEquals("", story(*question.take(2).toTypedArray(), now(90_000)))
    }

    @Test
    fun `the screen and the lock screen are one lock`() {
        val story =
            story(
                front(0, "mail"),
                entry(1_000, Meaning.SCREEN_OFF),
                entry(1_100, Meaning.LOCK),
                back(1_200, "mail"),
                entry(9_000, Meaning.UNLOCK),
                front(9_100, "mail"),
                entry(9_200, Meaning.SCREEN_OFF),
            )
        assertEquals("0+mail 1000-mail 1000lock 9000unlock 9100+mail 9200-mail 9200lock", story)
    }

    @Test
    fun `the host itself closes an app and is none`() {
        assertEquals(
            "0+mail 50-mail 900+chat",
            story(front(0, "mail"), back(50, "mail"), front(90, "host"), front(900, "chat")),
        )
    }

    @Test
    fun `notifications are told of apps alone`() {
        val posts = listOf("mail", "home", "question", "host").map { entry(5, Meaning.NOTIFICATION, it) }
        assertEquals("5!mail", story(*posts.toTypedArray()))
    }

    @Test
    fun `reading again from the last rest gives the same events`() {
        val random = Random(7)
        val names = listOf("mail", "chat", "home", "question", "host")
        repeat(300) {
            var atMs = 1_000L
            val entries =
                List(40) {
                    atMs += listOf(0L, 1, 30, 400, 1_001, 5_000).random(random)
                    entry(atMs, Meaning.entries.random(random), names.random(random), listOf("A", "B").random(random))
                }
            val whole = stays(entries).events
            var restMs = 0L
            val seen = linkedSetOf<Pair<Long, EventKind>>()
            var read = 0
            while (read < entries.size) {
                read = minOf(read + random.nextInt(1, 9), entries.size)
                // A collection sees all entries of a millisecond or none: time has gone on.
                while (read < entries.size && entries[read].atMs == entries[read - 1].atMs) read++
                val stays = stays(entries.take(read).filter { it.atMs > restMs })
                seen += stays.events
                restMs = stays.restMs ?: restMs
            }
            assertEquals(whole.toSet(), seen.toSet(), entries.joinToString("\n"))
            assertTrue(whole.size >= seen.size)
        }
    }

    private fun stays(entries: List<UsageEntry>) = Stays().apply { entries.forEach(::add) }

    private fun story(vararg entries: UsageEntry): String =
        stays(entries.toList()).events.joinToString(" ") { (atMs, kind) ->
            when (kind) {
                is EventKind.Launch -> "$atMs+${kind.item.id}"
                is EventKind.Close -> "$atMs-${kind.item.id}"
                is EventKind.Notification -> "$atMs!${kind.item.id}"
                else -> "$atMs${kind.toString().lowercase()}"
            }
        }

    private fun front(atMs: Long, name: String, activity: String = "A") = entry(atMs, Meaning.FRONT, name, activity)

    private fun back(atMs: Long, name: String, activity: String = "A") = entry(atMs, Meaning.BACK, name, activity)

    /** Nothing but time. */
    private fun now(atMs: Long) = entry(atMs, Meaning.NOTIFICATION, "home")

    private fun entry(atMs: Long, meaning: Meaning, name: String = "android", activity: String? = null): UsageEntry {
        val role =
            when (name) {
                "home" -> Role.HOME
                "host" -> Role.HOST
                "mail", "chat" -> Role.APP
                else -> Role.COVER
            }
        return UsageEntry(atMs, meaning, name, role, activity)
    }
}
