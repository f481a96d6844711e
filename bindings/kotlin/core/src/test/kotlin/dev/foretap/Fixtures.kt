package dev.foretap


import dev.foretap.internal.ffi.EngineOptions
import java.io.File
import java.util.concurrent.atomic.AtomicLong

/** A Monday of 2026, 09:00 in a zone an hour ahead of UTC. */
internal val MONDAY = Timestamp(1_770_019_200_000, 60)

internal const val MINUTE_MS = 60_000L

internal fun minutes(count: Int): Timestamp = MONDAY.plusMs(count * MINUTE_MS)

/** A clock that only a test moves. */
internal class HandClock(start: Timestamp = MONDAY) : WallClock {
    private val epochMs = AtomicLong(start.epochMs)

    override fun now() = Timestamp(epochMs.get(), MONDAY.utcOffsetMinutes)

    fun advanceMinutes(count: Int) {
        epochMs.addAndGet(count * MINUTE_MS)
    }
}

/** Keys that a test chooses. */
internal class FixedKeys(private val byte: Int = 7) : KeyProvider {
    var isErased = false
        private set

    override fun load() = LogKeys(bytes(LogKeys.KEY_BYTES), bytes(LogKeys.SALT_BYTES), bytes(LogKeys.SECRET_BYTES))

    override fun erase() {
        isErased = true
    }

    private fun bytes(count: Int) = ByteArray(count) { byte.toByte() }
}

internal val MAIL = Item("mail")
internal val MAPS = Item("maps")
internal val NEWS = Item("news")

/** Mail every few minutes, maps and news now and then. */
internal fun habit(count: Int): List<Event> = (0 until count).map { n ->
    val item = if (n % 5 == 0) listOf(MAPS, NEWS)[n / 5 % 2] else MAIL
    Event.launch(item, minutes(n * 7 - count * 7))
}

/** A file of the sources, from the folder of this module. */
internal fun source(path: String): File = File("../../../$path").also { check(it.exists()) { "no $path" } }

/** Options of the generated bindings, as they are. */
internal val NATIVE_OPTIONS = EngineOptions()
