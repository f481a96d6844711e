package dev.foretap.bench

import dev.foretap.Event
import dev.foretap.Foretap
import dev.foretap.ForetapOptions
import dev.foretap.Item
import dev.foretap.KeyProvider
import dev.foretap.LogKeys
import dev.foretap.Moment
import dev.foretap.Network
import dev.foretap.PhoneContext
import dev.foretap.Request
import dev.foretap.Timestamp
import kotlinx.coroutines.runBlocking
import java.io.File
import java.util.Random
import kotlin.io.path.createTempDirectory
import kotlin.system.exitProcess

private const val EVENTS = 100_000
private const val ITEMS = 150
private const val WARM_UP = 20_000
private const val TIMED = 20_000
private const val CALLS = 100_000
private const val ROUNDS = 12
private const val SETTLING_ROUNDS = 3
private const val BUDGET_P99_US = 2_000.0
private const val BUDGET_GROWTH_KIB = 1_024L
private const val START_MS = 1_770_000_000_000
private const val MINUTE_MS = 60_000L

/**
 * A log of 90 days in a file, then `predict` from a coroutine: how long a call takes, and what 100,000 of them leave
 * behind.
 */
fun main(): Unit = runBlocking {
    val folder = createTempDirectory("foretap-bench").toFile()
    val isWithin =
        try {
            Foretap.open(File(folder, "log.db"), BenchKeys, ForetapOptions(clock = { at(0) })).use { foretap ->
                println("recording $EVENTS events of $ITEMS items")
                history().chunked(EVENTS / 10).forEach { foretap.record(it) }
                measure(foretap)
            }
        } finally {
            folder.deleteRecursively()
        }
    if (!isWithin) exitProcess(1)
}

private suspend fun measure(foretap: Foretap): Boolean {
    repeat(WARM_UP) { foretap.predict(request(it)) }
    val durations =
        LongArray(TIMED) { n ->
            val request = request(n)
            val began = System.nanoTime()
            val ranking = foretap.predict(request)
            val took = System.nanoTime() - began
            check(ranking.predictions.size == 5 && !ranking.isPrepared)
            took
        }
    durations.sort()
    val (p50, p99) = listOf(0.5, 0.99).map { durations[(it * (TIMED - 1)).toInt()] / 1e3 }
    val figures = "p50 %.0f us, p99 %.0f us".format(p50, p99)
    println("predict from Kotlin, $EVENTS events: $figures (budget %.0f us)".format(BUDGET_P99_US))

    // What leaks, leaks each time; what Java's compiler and collector need, they need now and then.
    val rounds =
        (1..ROUNDS).map { round ->
            val before = memory()
            repeat(CALLS) { foretap.predict(request(it)) }
            val after = memory()
            val (heap, resident) = after.first - before.first to after.second - before.second
            println("round $round, $CALLS calls: Java's heap %+d KiB, the process %+d KiB".format(heap, resident))
            resident
        }
    // The first rounds settle; the median of the others is what a leak would show in.
    val growth = rounds.drop(SETTLING_ROUNDS).sorted()[(ROUNDS - SETTLING_ROUNDS) / 2]
    println("$CALLS calls leave $growth KiB in the median round (budget $BUDGET_GROWTH_KIB KiB)")
    val isWithin = p99 <= BUDGET_P99_US && growth <= BUDGET_GROWTH_KIB
    println(if (isWithin) "ok: every budget is kept" else "NOT within budget")
    return isWithin
}

/** Another minute and network each time, so that nothing is answered from what was prepared. */
private fun request(n: Int) = Request(
    Moment.UNLOCK_OR_RESUME,
    at(n % 1_000),
    PhoneContext(network = Network.entries[n % Network.entries.size], place = "city_${n % 3}"),
)

private fun history(): List<Event> {
    val random = Random(7)
    return (0 until EVENTS).map { n ->
        val item = Item("item ${(ITEMS * random.nextDouble() * random.nextDouble()).toInt()}")
        val context =
            PhoneContext(network = Network.entries[n / 40 % Network.entries.size], place = "city_${n / 60 % 3}")
        val at = at((n - EVENTS) * (90 * 24 * 60) / EVENTS).plusMs(n % 100L)
        if (n % 5 == 0) Event.unlock(at, context) else Event.launch(item, at, context)
    }
}

private fun at(minutes: Int) = Timestamp(START_MS + minutes * MINUTE_MS, 60)

/** Java's heap in use after a collection, and what the process has in memory; in KiB. */
private fun memory(): Pair<Long, Long> {
    repeat(3) { System.gc() }
    val runtime = Runtime.getRuntime()
    val resident =
        File(
            "/proc/self/status",
        ).readLines().first { it.startsWith("VmRSS:") }.filter(Char::isDigit).toLong()
    return (runtime.totalMemory() - runtime.freeMemory()) / 1_024 to resident
}

private object BenchKeys : KeyProvider {
    override fun load() = LogKeys(ByteArray(32) { 7 }, ByteArray(16) { 9 }, ByteArray(32) { 3 })

    override fun erase() = Unit
}
