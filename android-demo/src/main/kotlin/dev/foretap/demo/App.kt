package dev.foretap.demo

import android.app.Application
import dev.foretap.Event
import dev.foretap.Foretap
import dev.foretap.ForetapException
import dev.foretap.ForetapOptions
import dev.foretap.ForetapProvider
import dev.foretap.PhoneContext
import dev.foretap.Request
import dev.foretap.Timestamp
import dev.foretap.unlock.ContextReader
import dev.foretap.unlock.UnlockPredictor
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.MainScope
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withContext

/** The process of the demo: opens its one [Foretap] when somebody asks for it. */
@Suppress("TooManyFunctions") // Those that a host overrides are two of them.
internal open class App :
    Application(),
    ForetapProvider {
    /** What an activity begins and must not take with it when it goes. */
    val scope: CoroutineScope = MainScope()

    /** The apps of the phone. */
    val apps: Apps by lazy { Apps(this) }

    private val opening = Mutex()
    private var session: Session? = null

    /** How the log is kept. */
    protected open val options: ForetapOptions = ForetapOptions()

    /** What is opened together: the engine, and who answers unlocks with it. */
    class Session(val foretap: Foretap, val reader: ContextReader, val unlocks: UnlockPredictor)

    override fun onCreate() {
        super.onCreate()
        Upkeep.schedule(this)
    }

    override suspend fun foretap(): Foretap = session().foretap

    /** The open session; opens one if there is none. A failure is the caller's to show: the next call tries again. */
    suspend fun session(): Session = inTurn { session ?: open().also { session = it } }

    /** Now, by the engine's clock. */
    fun now(): Timestamp = options.clock.now()

    /** The row's question: of the apps that can be opened now. */
    fun request(): Request =
        Request(surface = SURFACE, limit = PLACES, candidates = apps.all.map { it.item }.distinct())

    /** Stores an event of now, in the surroundings of now. */
    suspend fun record(event: (PhoneContext) -> Event) {
        val at = now()
        val session = session()
        val surroundings = withContext(Dispatchers.Default) { session.reader.read() }
        session.foretap.record(event(surroundings).copy(at = at))
    }

    /** Erases everything, also what cannot be opened any more. The next [session] begins anew. */
    suspend fun erase(): Unit = inTurn {
        val open = session
        if (open == null) Foretap.eraseAt(this) else open.foretap.erase()
        session = null
    }

    /** Lets go of a log, so that the next [session] opens it again. */
    suspend fun close(): Unit = inTurn {
        session?.foretap?.close()
        session = null
    }

    /** What a host does with a log that was just opened, such as a back-fill from the phone's usage log. */
    protected open suspend fun onOpened(foretap: Foretap): Unit = Unit

    /** Never on the main thread, which somebody who waits for it may block. */
    private suspend fun <T> inTurn(work: suspend () -> T): T =
        withContext(Dispatchers.IO) { opening.withLock { work() } }

    private suspend fun open(): Session {
        val foretap = Foretap.open(this, options)
        try {
            onOpened(foretap)
        } catch (_: ForetapException) {
            // The log is open all the same; the next opening is another try.
        }
        val reader = ContextReader(this, foretap.pseudonyms)
        return Session(foretap, reader, UnlockPredictor(this, foretap, reader, options.clock, request = ::request))
    }

    companion object {
        /** The name of the row in the log. */
        const val SURFACE = "home"

        /** How many apps the row has. */
        const val PLACES = 5
    }
}
