package dev.foretap


import dev.foretap.internal.ffi.ExportSecret
import dev.foretap.internal.ffi.ModelFile
import dev.foretap.internal.ffi.openInMemory
import dev.foretap.internal.native
import dev.foretap.internal.public
import kotlinx.coroutines.test.runTest
import org.json.JSONArray
import org.json.JSONObject
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import java.io.File
import java.util.Locale
import kotlin.math.abs
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertTrue
import dev.foretap.internal.ffi.open as openNative

/** The files of core/tests/vectors, which Rust wrote. Android's own JSON reads them. */
@RunWith(RobolectricTestRunner::class)
class VectorsTest {
    @get:Rule
    val folder = TemporaryFolder()

    private val life = JSONObject(source("core/tests/vectors/life-1.json").readText())
    private val keys = object : KeyProvider {
        override fun load() = LogKeys(bytes("key"), bytes("salt"), bytes("pseudonym_secret"))

        override fun erase() = error("not asked for")
    }

    @Test
    fun `the kept life gives the kept rankings and decisions`() = runTest {
        var now = MONDAY
        val options = ForetapOptions(clock = { now })
        Foretap.open(File(folder.root, "life.db"), keys, options).use { foretap ->
            val decided = mutableListOf<Decision>()
            var asked = 0
            for (step in life.getJSONArray("steps").objects()) {
                val told = step.getJSONObject("do")
                now = told.getJSONArray("at").timestamp()
                when (step.getString("step")) {
                    "record" -> foretap.record(told.event())
                    "decide" -> decided += foretap.decide(told.getJSONObject("control").control())
                    "undo" -> assertTrue(foretap.undo(decided[told.getInt("decision")]))
                    else -> {
                        asked += 1
                        assertMatches(step, foretap, foretap.predict(told.request()))
                    }
                }
            }
            assertTrue(asked >= 30, "$asked questions")
            now = life.getJSONArray("decisions_at").timestamp()
            val expected = life.getJSONArray("decisions").objects().map { it.control() }
            assertEquals(expected, foretap.decisions().map { it.control })
        }
    }

    private fun assertMatches(step: JSONObject, foretap: Foretap, ranking: Ranking) {
        val what = step.getJSONObject("do").toString()
        assertEquals(step.getJSONArray("items").arrays().map { it.item() }, ranking.items, what)
        ranking.predictions.forEachIndexed { place, prediction ->
            val expected = step.getJSONArray("probabilities").getDouble(place)
            assertTrue(abs(expected - prediction.probability) < TOLERANCE, "$what: ${prediction.probability}")
            val sentence = foretap.why(prediction, Locale.ENGLISH).first()
            assertEquals(step.getJSONArray("reasons").getString(place), sentence, what)
        }
    }

    @Test
    @Config(sdk = [35])
    fun `the export of the kept life has the kept bytes`() {
        val path = File(folder.root, "life.db").path
        val engine = openNative(path, bytes("key"), bytes("salt"), NATIVE_OPTIONS)
        val decided = mutableListOf<Long>()
        for (step in life.getJSONArray("steps").objects()) {
            val told = step.getJSONObject("do")
            val at = told.getJSONArray("at").timestamp().native()
            when (step.getString("step")) {
                "record" -> engine.record(told.event().native { MONDAY })
                "decide" -> decided += engine.decide(at, told.getJSONObject("control").control().native())
                "undo" -> engine.undo(decided[told.getInt("decision")], at)
            }
        }
        val export = File(folder.root, "life.export")
        engine.exportTo(export.path, ExportSecret.Key(bytes("export_key")), bytes("entropy"))
        engine.shut()
        // Powers differ by processor in their last bit, and habits keep every bit.
        if (System.getProperty("os.arch") == "amd64") {
            assertContentEquals(source("core/tests/vectors/life-1.export").readBytes(), export.readBytes())
        }
    }

    @Test
    @Config(sdk = [35])
    fun `the kept export is read, and goes on as the life did`() {
        val engine = openInMemory(NATIVE_OPTIONS)
        val export = source("core/tests/vectors/life-1.export")
        val imported = engine.importFrom(export.path, ExportSecret.Key(bytes("export_key"))).public()
        val last = life.getJSONArray("steps").objects().last { it.getString("step") == "predict" }
        assertTrue(imported.added > 400, "$imported")
        val now = life.getJSONArray("decisions_at").timestamp().native()
        assertEquals(life.getJSONArray("decisions").length(), engine.decisions(now).size)
        val ranking = engine.predict(last.getJSONObject("do").request().native { MONDAY }).public()
        val expected = last.getJSONArray("items").arrays().map { it.item() }
        assertEquals(expected.toSet(), ranking.items.toSet())
    }

    @Test
    @Config(sdk = [35])
    fun `a log of the first schema is opened and goes on`() = runTest {
        val file = source("core/tests/vectors/schema-1.sqlcipher").copyTo(File(folder.root, "log.db"))
        val old = object : KeyProvider {
            override fun load() = LogKeys(ByteArray(32) { 1 }, ByteArray(16) { (1 xor 0xff).toByte() }, ByteArray(32))

            override fun erase() = error("not asked for")
        }
        Foretap.open(file, old).use { foretap ->
            assertTrue(foretap.opened() == OpenedLog.Existing && foretap.health().events > 0)
            assertEquals(Recorded.STORED, foretap.record(Event.launch(MAIL, minutes(1))))
        }
    }

    @Test
    @Config(sdk = [35])
    fun `the kept bundle is read as far as it goes`() {
        // It is one of another feature schema, and holds no graph: read whole, and refused in words.
        val bytes = source("core/tests/vectors/format-1.bundle").readBytes()
        val refused = openInMemory(NATIVE_OPTIONS.copy(model = ModelFile.Bundle(bytes)))
            .health(MONDAY.native()).modelRefused.orEmpty()
        assertTrue("fefefefe" in refused, refused)
        val shipped = source("core/data/foretap.bundle").readBytes()
        val health = openInMemory(NATIVE_OPTIONS.copy(model = ModelFile.Bundle(shipped))).health(MONDAY.native())
        assertEquals(openInMemory(NATIVE_OPTIONS).health(MONDAY.native()).model, health.model)
    }

    @Test
    @Config(sdk = [35])
    fun `places, tokens and ids have the kept pseudonyms`() {
        val kept = life.getJSONObject("pseudonyms")
        val pseudonyms = Pseudonyms(bytes("pseudonym_secret"))
        for (place in kept.getJSONArray("places").objects()) {
            val granularity = Granularity.valueOf(place.getString("granularity").uppercase())
            val token = pseudonyms.place(place.getDouble("latitude"), place.getDouble("longitude"), granularity)
            assertEquals(place.getString("is"), token)
        }
        val token = kept.getJSONObject("token")
        assertEquals(token.getString("is"), pseudonyms.token(token.getString("label"), token.getString("text")))
        assertEquals(kept.getJSONObject("user_id").getString("is"), pseudonyms.userId("ada"))
        assertEquals(kept.getJSONObject("device_id").getString("is"), pseudonyms.deviceId("ada"))
    }

    private fun bytes(field: String) = life.getString(field).chunked(2).map { it.toInt(16).toByte() }.toByteArray()

    private companion object {
        const val TOLERANCE = 1e-4
    }
}

private fun JSONArray.objects() = (0 until length()).map(::getJSONObject)

private fun JSONArray.arrays() = (0 until length()).map(::getJSONArray)

private fun JSONArray.timestamp() = Timestamp(getLong(0), getInt(1))

private fun JSONArray.item() = Item(getString(0), getInt(1))

private fun JSONObject.word(field: String) = if (isNull(field)) null else getString(field)

private fun JSONObject.context() = PhoneContext(
    place = word("place"),
    label = word("label")?.let { PlaceLabel.valueOf(it.uppercase()) },
    network = word("network")?.let { NETWORKS.getValue(it) },
    accessPoint = word("access_point"),
    battery = word("battery")?.let { Battery.valueOf(it.uppercase()) },
    audio = word("audio")?.let { Audio.valueOf(it.uppercase()) },
)

private val NETWORKS = mapOf(
    "wifi" to Network.WIFI,
    "5g" to Network.FIVE_G,
    "4g" to Network.FOUR_G,
    "3g" to Network.THREE_G,
    "cellular" to Network.CELLULAR,
    "offline" to Network.OFFLINE,
)

private fun JSONObject.event(): Event {
    val slot = if (isNull("slot")) null else getJSONArray("slot").let { Slot(it.getString(0), it.getInt(1)) }
    val context = getJSONObject("context").context()
    return Event(getJSONObject("event").kind(), getJSONArray("at").timestamp(), context, slot)
}

private fun JSONObject.kind(): EventKind {
    val item = if (has("item")) getJSONArray("item").item() else null
    return when (val kind = getString("kind")) {
        "unlock" -> EventKind.Unlock
        "lock" -> EventKind.Lock
        "home" -> EventKind.Home
        else -> kindOf(kind, checkNotNull(item))
    }
}

private fun JSONObject.kindOf(kind: String, item: Item): EventKind = when (kind) {
    "launch" -> EventKind.Launch(item)
    "close" -> EventKind.Close(item)
    "notification" -> EventKind.Notification(item)
    "notification_cleared" -> EventKind.NotificationCleared(item)
    "dismiss" -> EventKind.Dismiss(item, getString("surface"))
    "install" -> EventKind.Install(item)
    "uninstall" -> EventKind.Uninstall(item)
    "impression" -> EventKind.Impression(item, getString("surface"), getInt("position"), getDouble("propensity"))
    else -> error("no kind $kind")
}

private fun JSONObject.request() = Request(
    moment = Moment.valueOf(getString("moment").uppercase()),
    at = getJSONArray("at").timestamp(),
    context = getJSONObject("context").context(),
    surface = word("surface") ?: "main",
    limit = if (isNull("limit")) Request().limit else getInt("limit"),
    candidates = if (isNull("candidates")) null else getJSONArray("candidates").arrays().map { it.item() },
    moveCost = if (isNull("move_cost")) null else getDouble("move_cost"),
    exploration = if (isNull("exploration")) {
        null
    } else {
        getJSONArray("exploration").let { Exploration(it.getDouble(0), it.getLong(1)) }
    },
)

private fun JSONObject.control(): Control {
    fun item() = getJSONArray("item").item()
    return when (val kind = getString("kind")) {
        "exclude" -> Control.Exclude(item())
        "never_learn" -> Control.NeverLearn(item())
        "promote" -> Control.Promote(item())
        "pin" -> Control.Pin(item(), getInt("position"))
        "half_life" -> Control.HalfLife(if (isNull("item")) null else item(), getInt("days"))
        "hide_profile" -> Control.HideProfile(getInt("profile"))
        "pause_learning" -> Control.PauseLearning(getJSONArray("until").timestamp())
        "snooze" -> Control.Snooze(item(), optJSONArray("until")?.let { SnoozeEnd.At(it.timestamp()) } ?: SnoozeEnd.Frequent)
        else -> error("no control $kind")
    }
}
