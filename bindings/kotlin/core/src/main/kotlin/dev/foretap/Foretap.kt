package dev.foretap

import android.content.Context
import dev.foretap.internal.NativeModelSync
import dev.foretap.internal.NativeUpload
import dev.foretap.internal.ffi.EngineHandle
import dev.foretap.internal.ffi.Host
import dev.foretap.internal.ffi.SyncParts
import dev.foretap.internal.ffi.inventory
import dev.foretap.internal.ffi.open
import dev.foretap.internal.ffi.openInMemory
import dev.foretap.internal.ffi.sentence
import dev.foretap.internal.native
import dev.foretap.internal.onStream
import dev.foretap.internal.public
import dev.foretap.internal.requireLibrary
import dev.foretap.internal.throughFile
import dev.foretap.internal.typed
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.withContext
import java.io.File
import java.io.InputStream
import java.io.OutputStream
import java.security.SecureRandom
import java.util.Locale
import dev.foretap.internal.ffi.eraseAt as nativeEraseAt

/**
 * Records what a person opens and ranks what comes next, on this phone alone.
 *
 * ```
 * val foretap = Foretap.open(context)
 * for (app in listOf("mail", "maps")) foretap.record(Event.launch(Item("com.example.$app")))
 * val ranking = foretap.predict(Request(limit = 5))
 * ranking.predictions.forEach { println("${it.item.id}: ${foretap.why(it).first()}") }
 * foretap.close()
 * ```
 *
 * One `Foretap` owns its log: a second one, in this process or another, is told [ForetapException.InUse]. Every
 * function may be called from any thread; calls take turns, in the order in which they were made, off the caller's
 * thread. A coroutine that is cancelled does not take back what it has recorded.
 *
 * Every function throws [ForetapException.Closed] after [close] or [erase], and [ForetapException.Internal] for a
 * defect of this library, after which the next call works.
 */
public class Foretap private constructor(
    private val engine: EngineHandle,
    private val clock: WallClock,
    private val keys: KeyProvider?,
    /** The folder that is this library's alone, where it is. */
    private val folder: File?,
    /** Opaque names for places and access points, under this phone's secret. */
    public val pseudonyms: Pseudonyms,
) : AutoCloseable {
    /** One call at a time, so that events are stored in the order in which they were told. */
    private val dispatcher: CoroutineDispatcher = Dispatchers.IO.limitedParallelism(1)

    /**
     * Stores an event and learns from it. When this returns, the event survives the end of the process.
     *
     * An event of the past goes to [backfill]: here, one that is more than a day older than the newest means that the
     * clock was set back.
     *
     * @throws ForetapException.InvalidArgument for an id, token or number outside its limits.
     * @throws ForetapException.Transient if the storage is busy or full: the event was not stored.
     * @throws ForetapException.Damaged likewise; open the log again.
     */
    public suspend fun record(event: Event): Recorded {
        val native = event.native(clock)
        return call { record(native).public() }
    }

    /**
     * Stores many events at once, in the order given: all of them, or none.
     *
     * @throws ForetapException as [record].
     */
    public suspend fun record(events: List<Event>): List<Recorded> {
        val native = events.map { it.native(clock) }
        return call { recordAll(native).map { it.public() } }
    }

    /**
     * Stores events of the past, such as the phone's own usage log at the first start, and returns how many were new.
     *
     * @throws ForetapException as [record]; then none was stored.
     */
    public suspend fun backfill(events: List<Event>): Long {
        val native = events.map { it.native(clock) }
        return call { backfill(native).toLong() }
    }

    /**
     * Ranks what will be opened next. Never touches the disk.
     *
     * @throws ForetapException.InvalidArgument for a number outside its limits.
     */
    public suspend fun predict(request: Request = Request()): Ranking {
        val native = request.native(clock)
        return call { predict(native).public() }
    }

    /**
     * Computes a ranking ahead, while the screen is off. [predict] gives it back where it is asked the same question
     * soon after and nothing that matters has happened; and says so.
     *
     * @throws ForetapException.InvalidArgument for a number outside its limits.
     */
    public suspend fun prepare(request: Request = Request()) {
        val native = request.native(clock)
        call { prepare(native) }
    }

    /** Records that a ranking was shown, so that its icons stay where they are, and misses count. */
    public suspend fun shown(ranking: Ranking, at: Timestamp? = null) {
        val moment = at ?: clock.now()
        record(
            ranking.predictions.mapIndexed { position, prediction ->
                Event(EventKind.Impression(prediction.item, ranking.surface, position, prediction.propensity), moment)
            },
        )
    }

    /**
     * Why an item was predicted: short sentences without a full stop, the strongest reason first.
     *
     * @param locale German or English, which stands in for every other language.
     * @param nameOf an item's name as the person knows it.
     */
    public fun why(
        prediction: Prediction,
        locale: Locale = Locale.getDefault(),
        nameOf: (Item) -> String = { it.id },
    ): List<String> = prediction.reasons.map { reason ->
        val follows = (reason.code as? ReasonCode.Follows)?.item?.let(nameOf)
        typed { sentence(reason.code.native(), locale.toLanguageTag(), follows) }
    }

    /**
     * Makes a decision of the person. It counts at once and survives a power cut when this returns.
     *
     * @throws ForetapException.InvalidArgument for a number outside its limits, and beyond 1,024 decisions.
     * @throws ForetapException.Transient if the storage is busy or full: nothing changed.
     */
    public suspend fun decide(control: Control): Decision {
        val at = clock.now()
        val native = control.native()
        return Decision(call { decide(at.native(), native) }, at, control)
    }

    /**
     * Undoes a decision; what it stood over counts again. `false` if it is not in force any more.
     *
     * @throws ForetapException.Transient if the storage is busy or full: nothing changed.
     */
    public suspend fun undo(decision: Decision): Boolean = undo(decision.id)

    /** Undoes the decision of this number, as [undo] does. */
    public suspend fun undo(id: Long): Boolean {
        val now = clock.now().native()
        return call { undo(id, now) }
    }

    /** The decisions in force, in the order in which they were made. */
    public suspend fun decisions(): List<Decision> {
        val now = clock.now().native()
        return call { decisions(now).map { it.public() } }
    }

    /**
     * Writes everything that makes the habits go on elsewhere to [stream], sealed under [secret]. Items that the person
     * excluded leave no trace in it. The stream is not closed.
     *
     * @throws ForetapException.InvalidArgument for a key or passphrase of another length.
     * @throws ForetapException.Stream if the stream failed, or the temporary file between: what was written is no
     * export.
     */
    public suspend fun exportTo(stream: OutputStream, secret: ExportSecret): Exported = withContext(Dispatchers.IO) {
        val entropy = ByteArray(ENTROPY_BYTES).also(SecureRandom()::nextBytes)
        throughFile { file ->
            val exported = call { exportTo(file.path, secret.native(), entropy).public() }
            onStream { file.inputStream().use { it.copyTo(stream) } }
            exported
        }
    }

    /**
     * Takes an export in: its history, then what happened here and is not in it. The stream is not closed.
     *
     * @throws ForetapException.WrongSecret if the secret is not the export's.
     * @throws ForetapException.BadExport if it is none, or was changed or cut off.
     * @throws ForetapException.Newer if a newer version wrote it.
     * @throws ForetapException.Stream if the stream failed. In each case nothing was changed.
     */
    public suspend fun importFrom(stream: InputStream, secret: ExportSecret): Imported = withContext(Dispatchers.IO) {
        throughFile { file ->
            onStream { file.outputStream().use { stream.copyTo(it) } }
            call { importFrom(file.path, secret.native()).public() }
        }
    }

    /** How the log, its habits and its predictions are. */
    public suspend fun health(): Health {
        val now = clock.now().native()
        return call { health(now).public() }
    }

    /** What opening found. */
    public suspend fun opened(): OpenedLog = call { opened().public() }

    /**
     * Saves the habits, so that the next opening is quick. Good when the screen goes off.
     *
     * @throws ForetapException.Transient if the storage is busy or full: nothing is lost.
     */
    public suspend fun checkpoint(): Unit = call { checkpoint() }

    /**
     * Once a day: saves the habits, deletes the events that are no longer kept, and writes the snapshot that is left if
     * the log is damaged. Returns how many events were deleted.
     *
     * @throws ForetapException.Transient if the storage is busy or full; a later try goes on.
     */
    public suspend fun maintain(): Long = call { maintain().toLong() }

    /**
     * Begins a run that gives this phone the model that it is to have; [ModelSync] says what to fetch.
     *
     * @param root the file of the repository's first root, which ships with the host: whose signatures are believed.
     * @param channel which releases to follow, 1 to 64 bytes.
     * @param segments what this phone belongs to, by names that the repository knows. They do not leave the phone.
     * @throws ForetapException.InvalidArgument if the root or the channel cannot be used, or [ForetapOptions.model] is
     * not [ModelChoice.Shipped].
     * @throws ForetapException.Transient if the storage is busy.
     * @throws ForetapException.Damaged likewise; open the log again.
     */
    public suspend fun beginModelSync(
        root: ByteArray,
        channel: String = ModelSync.STABLE,
        segments: Set<String> = emptySet(),
    ): ModelSync {
        val now = clock.now().native()
        val parts = SyncParts(root, channel, segments.toList())
        return NativeModelSync(call { beginSync(parts, now) }, clock)
    }

    /** What the person allows to be sent: nothing before [setUploadConsent]. */
    public suspend fun uploadConsent(): UploadConsent = call { consent().public() }

    /**
     * Changes what the person allows to be sent: days and unlocks from now on. Where something is taken back, all that
     * waits goes at once, and the next [Upload] has the server erase all that it was ever sent; what stays allowed
     * begins anew under other names. It survives a power cut when this returns.
     *
     * @throws ForetapException.Transient if the storage is busy or full: nothing changed.
     * @throws ForetapException.Damaged likewise; open the log again.
     */
    public suspend fun setUploadConsent(consent: UploadConsent) {
        val now = clock.now().native()
        val entropy = ByteArray(ENTROPY_BYTES).also(SecureRandom()::nextBytes)
        call { setConsent(consent.native(), now, entropy) }
    }

    /**
     * What would be sent now, the oldest first, in exactly the bytes that are sent: for a privacy page. Days that are
     * over and allowed are sealed before.
     *
     * @throws ForetapException.Transient if the storage is busy or full.
     * @throws ForetapException.Damaged likewise; open the log again.
     * @throws ForetapException.Newer if a newer version sealed a batch.
     */
    public suspend fun waitingUploads(): List<WaitingUpload> {
        val now = clock.now().native()
        return call {
            sealUploads(now)
            outbox().map { it.public() }
        }
    }

    /**
     * Begins a run that sends [waitingUploads] and what is to be erased; [Upload] says what to send. Where nothing is
     * allowed and nothing is to be erased, there is nothing to send.
     *
     * @throws ForetapException.Transient if the storage is busy or full.
     * @throws ForetapException.Damaged likewise; open the log again.
     */
    public suspend fun beginUpload(): Upload {
        val now = clock.now().native()
        return NativeUpload(
            call {
                sealUploads(now)
                beginUpload()
            },
        )
    }

    /**
     * Erases log, habits, decisions and keys for good, with what the other modules keep beside them, and closes.
     *
     * Where something was sent, a file is left that names it without saying what it is: the next log that is opened
     * here has the server erase it, with its first [Upload].
     *
     * @throws ForetapException.KeyUnavailable if the keystore does not answer now: what it has opens nothing any more.
     * @throws ForetapException.Transient if a file could not be deleted now: the next [open] or [eraseAt] finishes it.
     */
    public suspend fun erase() {
        // Begun is done: a caller that is cancelled must not leave half of it.
        withContext(dispatcher + NonCancellable) {
            typed { engine.erase() }
            eraseBeside(keys, folder)
        }
    }

    /**
     * Saves the habits and closes the log. May be called again, and from any thread. Blocks for some milliseconds, and
     * while another call is running; calls that wait for their turn end with [ForetapException.Closed].
     */
    override fun close(): Unit = typed { engine.shut() }

    private suspend fun <T> call(work: EngineHandle.() -> T): T = withContext(dispatcher) { typed { engine.work() } }

    public companion object {
        private const val ENTROPY_BYTES = 32

        /**
         * Opens this app's log, or makes a new one. It lies where no backup takes it, its key in the Android Keystore.
         *
         * The first opening takes some tens of milliseconds; every further one a few.
         *
         * @throws ForetapException.InUse if another `Foretap` has it.
         * @throws ForetapException.KeyUnavailable if the keystore does not answer now.
         * @throws ForetapException.KeyLost if the keystore lost the key. Nothing was deleted; [eraseAt] starts over.
         * @throws ForetapException.KeyMismatch if the keys are not the log's.
         * @throws ForetapException.Newer if a newer version wrote the log.
         * @throws ForetapException.Transient if the storage is busy or full.
         * @throws ForetapException.NoLibrary if this build has no native library for this phone. Nothing was made.
         */
        public suspend fun open(context: Context, options: ForetapOptions = ForetapOptions()): Foretap {
            val place = LogPlace.of(context)
            return open(place.log, place.keys, options, place.folder)
        }

        /**
         * Opens the log in [file], whose keys [keys] knows: for hosts that keep either elsewhere, for servers and
         * tests. The folder is made if it is missing.
         *
         * @throws ForetapException as the other [open].
         */
        public suspend fun open(file: File, keys: KeyProvider, options: ForetapOptions = ForetapOptions()): Foretap =
            open(file, keys, options, folder = null)

        private suspend fun open(file: File, keys: KeyProvider, options: ForetapOptions, folder: File?): Foretap {
            var opened: Foretap? = null
            try {
                return withContext(Dispatchers.IO) {
                    // Before there are keys, which would be left behind.
                    requireLibrary()
                    file.absoluteFile.parentFile?.mkdirs()
                    val loaded = keys.load()
                    try {
                        val engine = typed { open(file.absolutePath, loaded.key, loaded.salt, options.native()) }
                        val pseudonyms = Pseudonyms(loaded.pseudonymSecret)
                        Foretap(engine, options.clock, keys, folder, pseudonyms).also { opened = it }
                    } finally {
                        loaded.wipe()
                    }
                }
            } catch (cancelled: CancellationException) {
                // Nobody gets it: it must not keep the log from the next who opens it.
                opened?.close()
                throw cancelled
            }
        }

        /**
         * A log in memory, which goes with it: for previews and tests.
         *
         * @throws ForetapException.InvalidArgument for an option outside its limits.
         * @throws ForetapException.NoLibrary if this build has no native library for this phone.
         */
        public suspend fun inMemory(options: ForetapOptions = ForetapOptions()): Foretap = withContext(Dispatchers.IO) {
            val secret = ByteArray(LogKeys.SECRET_BYTES).also(SecureRandom()::nextBytes)
            Foretap(typed { openInMemory(options.native()) }, options.clock, null, null, Pseudonyms(secret))
        }

        /**
         * Erases this app's log and its key without opening it; nothing happens if there is none. For a key that is
         * lost, and for "delete my data" in a process that has no `Foretap`. Needs no native library.
         *
         * @throws ForetapException.InUse while a `Foretap` has it: [erase] that one.
         * @throws ForetapException.Transient if a file could not be deleted now: call it again.
         * @throws ForetapException.KeyUnavailable if the keystore does not answer now; the log is erased.
         */
        public suspend fun eraseAt(context: Context): Unit = withContext(Dispatchers.IO + NonCancellable) {
            val place = LogPlace.of(context)
            try {
                typed { nativeEraseAt(place.log.path) }
            } catch (_: ForetapException.NoLibrary) {
                // Nobody can have the log open then, and it goes with its folder.
            }
            eraseBeside(place.keys, place.folder)
        }

        /** Forgets the keys, and what other modules keep in the folder that is this library's alone. */
        private fun eraseBeside(keys: KeyProvider?, folder: File?) {
            try {
                keys?.erase()
            } finally {
                folder?.let(LogPlace::clear)
            }
            if (folder?.let(LogPlace::isClear) == false) {
                throw ForetapException.Transient("a file beside the log could not be deleted now")
            }
        }

        /**
         * Everything that is stored about a person, in English: for a privacy page.
         *
         * @throws ForetapException.NoLibrary if this build has no native library for this phone.
         */
        public fun stored(): List<StoredPlace> = typed { inventory(Host.KOTLIN).map { it.public() } }
    }
}
