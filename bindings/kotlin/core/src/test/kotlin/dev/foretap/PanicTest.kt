package dev.foretap

import com.sun.jna.Function
import com.sun.jna.NativeLibrary
import dev.foretap.fakes.Publisher
import dev.foretap.internal.ffi.Consent
import dev.foretap.internal.ffi.Control.Exclude
import dev.foretap.internal.ffi.EngineHandle
import dev.foretap.internal.ffi.ExportSecret
import dev.foretap.internal.ffi.ForetapException.Internal
import dev.foretap.internal.ffi.Granularity
import dev.foretap.internal.ffi.Host
import dev.foretap.internal.ffi.ItemParts
import dev.foretap.internal.ffi.Moment
import dev.foretap.internal.ffi.ReasonCode
import dev.foretap.internal.ffi.RequestParts
import dev.foretap.internal.ffi.SyncParts
import dev.foretap.internal.ffi.SyncRun
import dev.foretap.internal.ffi.UploadReply
import dev.foretap.internal.ffi.eraseAt
import dev.foretap.internal.ffi.hashDeviceId
import dev.foretap.internal.ffi.hashLocation
import dev.foretap.internal.ffi.hashUserId
import dev.foretap.internal.ffi.inventory
import dev.foretap.internal.ffi.open
import dev.foretap.internal.ffi.openInMemory
import dev.foretap.internal.ffi.pseudonymToken
import dev.foretap.internal.ffi.sentence
import dev.foretap.internal.native
import kotlinx.coroutines.test.runTest
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import java.io.File
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import dev.foretap.internal.ffi.Context as NativeContext

/** The library that tests load panics on demand in any exported function. */
class PanicTest {
    @get:Rule
    val folder = TemporaryFolder()

    private val panicIn: Function = NativeLibrary.getInstance("foretap_ffi").getFunction("foretap_panic_in")
    private val clock = HandClock()
    private val root by lazy { Publisher(folder.newFolder(), MONDAY.epochMs / 1_000).root }

    /** Every exported function, in the order of `Export` in bindings/ffi/src/call.rs. */
    private val exports: List<Pair<String, (EngineHandle) -> Unit>> =
        listOf(
            "open" to { _ -> open(path("other.db"), ByteArray(32), ByteArray(16), NATIVE_OPTIONS).shut() },
            "open_in_memory" to { _ -> openInMemory(NATIVE_OPTIONS) },
            "erase_at" to { _ -> eraseAt(path("none.db")) },
            "sentence" to { _ -> sentence(ReasonCode.Pinned, "en", null) },
            "inventory" to { _ -> inventory(Host.KOTLIN) },
            "hash_location" to { _ -> hashLocation(ByteArray(32), 1.0, 2.0, Granularity.CITY) },
            "hash_user_id" to { _ -> hashUserId(ByteArray(32), "ada") },
            "hash_device_id" to { _ -> hashDeviceId(ByteArray(32), "ada") },
            "pseudonym_token" to { _ -> pseudonymToken(ByteArray(32), "bssid", "x") },
            "record" to { it.record(Event.launch(MAIL).native(clock)) },
            "record_all" to { it.recordAll(listOf(Event.launch(MAPS).native(clock))) },
            "backfill" to { it.backfill(listOf(Event.launch(NEWS, minutes(-5_000)).native(clock))) },
            "predict" to { it.predict(REQUEST) },
            "prepare" to { it.prepare(REQUEST) },
            "checkpoint" to { it.checkpoint() },
            "maintain" to { it.maintain() },
            "decide" to { it.decide(MONDAY.native(), Exclude(ItemParts("bank", 0u))) },
            "undo" to { it.undo(1, MONDAY.native()) },
            "decisions" to { it.decisions(MONDAY.native()) },
            "export_to" to { it.exportTo(path("export"), SECRET, ByteArray(32)) },
            "import_from" to { it.importFrom(exported(), SECRET) },
            "health" to { it.health(MONDAY.native()) },
            "opened" to { it.opened() },
            "erase" to { it.erase() },
            "shut" to { it.shut() },
            "begin_sync" to { begun(it) },
            "task" to { begun(it).task() },
            "received" to { begun(it).received(ByteArray(1)) },
            "completed" to { begun(it).completed() },
            "absent" to { begun(it).absent(isMissing = false) },
            "finish" to { begun(it).finish(MONDAY.native()) },
            "cancel" to { begun(it).cancel() },
            "consent" to { it.consent() },
            "set_consent" to { it.setConsent(Consent(reports = true, samples = true), MONDAY.native(), ByteArray(32)) },
            "seal_uploads" to { it.sealUploads(MONDAY.native()) },
            "outbox" to { it.outbox() },
            "begin_upload" to { it.beginUpload() },
            "post" to { it.beginUpload().post() },
            "answered" to { it.beginUpload().answered(UploadReply.TAKEN) },
            "failed" to { it.beginUpload().failed() },
            "end" to { it.beginUpload().end() },
        )

    @Test
    fun `a panic in any exported function is a typed exception and the next call works`() {
        exports.forEachIndexed { number, (name, call) ->
            val file = path("$name.db")
            val engine = open(file, ByteArray(32), ByteArray(16), NATIVE_OPTIONS)
            engine.recordAll(habit(30).map { it.native(clock) })
            assertEquals(exports.size, panicIn.invokeInt(arrayOf(number)), "the exports that the library has")
            val thrown = assertFailsWith<Internal>(name) { call(engine) }
            assertEquals("internal error in $name", thrown.message)
            if (name == "erase" || name == "shut") {
                // It was done before the panic; the log can be opened again.
                open(file, ByteArray(32), ByteArray(16), NATIVE_OPTIONS).use { it.predict(REQUEST) }
            } else {
                call(engine)
                assertEquals("mail", engine.predict(REQUEST).predictions.first().item.id, name)
                engine.shut()
            }
        }
    }

    @Test
    fun `what was stored before a panic stays stored and decisions stay made`() = runTest {
        val file = File(folder.root, "kept.db")
        Foretap.open(file, FixedKeys(), ForetapOptions(clock = clock)).use { foretap ->
            foretap.record(habit(30))
            foretap.decide(Control.Exclude(NEWS))
            val before = foretap.predict(Request(Moment.UNLOCK_OR_RESUME.public())).predictions
            panicIn.invokeInt(arrayOf(exports.indexOfFirst { it.first == "health" }))
            assertFailsWith<ForetapException.Internal> { foretap.health() }
            assertEquals(before, foretap.predict(Request(Moment.UNLOCK_OR_RESUME.public())).predictions)
            assertEquals(30, foretap.health().events)
            assertFalse(NEWS in foretap.predict().items)
        }
    }

    private fun begun(engine: EngineHandle): SyncRun =
        engine.beginSync(SyncParts(root, ModelSync.STABLE, emptyList()), MONDAY.native())

    private fun path(name: String) = File(folder.root, name).path

    private fun Moment.public() = dev.foretap.Moment.valueOf(name)

    private fun exported(): String {
        val empty = openInMemory(NATIVE_OPTIONS)
        return path("kept.export").also { if (!File(it).exists()) empty.exportTo(it, SECRET, ByteArray(32)) }
    }

    private companion object {
        val SECRET = ExportSecret.Key(ByteArray(32))
        val REQUEST =
            RequestParts(
                Moment.UNLOCK_OR_RESUME,
                MONDAY.native(),
                NativeContext(null, null, null, null, null, null),
                null,
                null,
                null,
                null,
                null,
            )
    }
}
