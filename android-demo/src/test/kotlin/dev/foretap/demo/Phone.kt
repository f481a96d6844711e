package dev.foretap.demo

import android.app.Activity
import android.app.AlertDialog
import android.content.Intent
import android.view.View
import android.view.ViewGroup
import android.widget.Button
import android.widget.GridView
import android.widget.LinearLayout
import android.widget.TextView
import dev.foretap.Event
import dev.foretap.EventKind
import dev.foretap.Foretap
import dev.foretap.ForetapOptions
import dev.foretap.Item
import dev.foretap.Timestamp
import dev.foretap.WallClock
import dev.foretap.fakes.FakeKeystore
import dev.foretap.fakes.FakeLauncherApps
import kotlinx.coroutines.job
import kotlinx.coroutines.runBlocking
import org.junit.rules.ExternalResource
import org.robolectric.Robolectric
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController
import org.robolectric.shadows.ShadowDialog
import org.robolectric.shadows.ShadowLooper
import org.robolectric.shadows.ShadowSystemClock
import java.io.File
import java.time.Duration
import java.util.concurrent.TimeUnit
import kotlin.test.fail

/** The demo's process with a clock that only a test moves. */
internal class TestApp : App() {
    override val options = ForetapOptions(clock = clock)

    companion object {
        /** A Monday of 2026, 09:00 in a zone an hour ahead of UTC. */
        val MONDAY = Timestamp(1_770_019_200_000, 60)

        @Volatile
        var now = MONDAY

        private val clock = WallClock { now }
    }
}

/** A phone with a few apps, and a keystore. */
internal class Phone : ExternalResource() {
    private val controllers = mutableListOf<ActivityController<*>>()
    val app: App get() = RuntimeEnvironment.getApplication() as App
    val folder: File get() = File(app.noBackupFilesDir, "foretap")

    override fun before() {
        FakeKeystore.install()
        FakeLauncherApps.clear()
        APPS.forEach { (id, label) -> FakeLauncherApps.install(id, label) }
        TestApp.now = TestApp.MONDAY
    }

    override fun after() {
        controllers.forEach { runCatching { it.pause().stop().destroy() } }
        runBlocking { app.close() }
        FakeLauncherApps.clear()
    }

    /** Opens a screen and waits until it shows something. */
    inline fun <reified A : Activity> open(): A = opened(Robolectric.buildActivity(A::class.java))

    fun <A : Activity> opened(controller: ActivityController<A>): A {
        controllers += controller
        return controller.setup().get()
    }

    /** The home screen with its row, which is stored. */
    fun home(): HomeActivity = open<HomeActivity>().also { home ->
        await("an open log") { hears(home) }
        await("all apps") { home.view<GridView>(R.id.apps).adapter.count == FakeLauncherApps.count }
    }

    /** Ends an activity as the system does, and opens the log anew as another process would. */
    fun die(home: HomeActivity) {
        val controller = controllers.first { it.get() === home }
        controller.pause().stop().destroy()
        controllers -= controller
        await("nobody who listens") { receivers() == 0 }
        runBlocking { app.close() }
    }

    /** Something else is in front, then this again, with the log that there is now. */
    fun restart(home: HomeActivity) {
        controllers.first { it.get() === home }.pause().stop().restart().start().resume()
        await("the log of now") { hears(home) }
    }

    fun engine(work: suspend (Foretap) -> Unit) = runBlocking { work(app.foretap()) }

    /** Three weeks in which mail is what is opened in the morning. */
    fun learn() = engine { it.record(habit()) }

    fun events(): Long {
        var count = 0L
        engine { count = it.health().events }
        return count
    }

    /** An unlock, until it and the row that it brings are stored, which is the last that happens. */
    fun unlock() {
        TestApp.now = TestApp.now.plusMs(MINUTE_MS)
        val after = events() + 1 + minOf(App.PLACES, app.apps.all.size)
        app.sendBroadcast(Intent(Intent.ACTION_USER_PRESENT))
        await("an answer") { events() >= after }
    }

    /** Whether a home screen did all that it does at its start, of which listening is the last. */
    private fun hears(home: HomeActivity): Boolean {
        val session = runBlocking { app.session() }
        return home.heard === session && receivers() == 1
    }

    private fun receivers() = shadowOf(RuntimeEnvironment.getApplication())
        .registeredReceivers
        .count { it.intentFilter.hasAction(Intent.ACTION_USER_PRESENT) }

    /** Lets what outlives its screen come to its end: a launch, a decision, an export, an erasure. */
    fun settle() {
        await("an end of what was begun") {
            app.scope.coroutineContext.job.children
                .none()
        }
        ShadowLooper.idleMainLooper()
    }

    fun await(what: String, condition: () -> Boolean) {
        val until = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_S)
        var passedMs = 0L
        while (!condition()) {
            if (System.nanoTime() > until) fail("never came: $what")
            ShadowLooper.idleMainLooper()
            Thread.sleep(1)
            // The phone's own clock stands still unless it is moved. A slow computer must not make the bar go.
            if (passedMs < MOST_PASSED_MS) ShadowSystemClock.advanceBy(Duration.ofMillis(1))
            passedMs += 1
        }
    }

    companion object {
        const val MINUTE_MS = 60_000L
        private const val TIMEOUT_S = 60L
        private const val MOST_PASSED_MS = 500L

        val APPS =
            listOf(
                "Mail",
                "Maps",
                "News",
                "Messages",
                "Music",
                "Camera",
                "Photos",
                "Calendar",
                "Bank",
                "Weather",
                "Notes",
                "Browser",
            ).associateBy { "com.example.${it.lowercase()}" }

        val MAIL = Item("com.example.mail")

        /** What is opened after an unlock at each hour: the same on most days, something else now and then. */
        private val DAY =
            mapOf(
                7 to listOf("weather", "messages"),
                8 to listOf("music", "maps"),
                9 to listOf("mail", "calendar"),
                10 to listOf("mail", "browser"),
                12 to listOf("news", "messages"),
                15 to listOf("mail", "notes"),
                17 to listOf("messages", "maps"),
                18 to listOf("music"),
                20 to listOf("camera", "photos"),
                22 to listOf("news", "messages"),
            )

        fun habit(days: Int = 21): List<Event> = (1..days).reversed().flatMap { day ->
            DAY.flatMap { (hour, usual) ->
                val start = TestApp.MONDAY.plusMs(((hour - 9) * 60L + 2 * day % 7 - day * 24 * 60L) * MINUTE_MS)
                val opened = if ((day * 7 + hour) % 6 == 0) listOf("messages", "bank") else usual
                val launches =
                    opened.mapIndexed { n, name ->
                        Event.launch(Item("com.example.$name"), start.plusMs((n + 1) * MINUTE_MS / 2))
                    }
                val end = start.plusMs(5 * MINUTE_MS)
                listOf(Event.unlock(start)) + launches + Event(EventKind.Home, end) + Event.lock(end.plusMs(1))
            }
        }
    }
}

internal fun <V : View> Activity.view(id: Int): V = window.decorView.part(id)

/** Every text that can be seen under a view. */
internal fun View.texts(): List<String> = when {
    visibility != View.VISIBLE -> emptyList()
    this is ViewGroup -> (0 until childCount).flatMap { getChildAt(it).texts() }
    this is BarsView -> listOf(contentDescription?.toString().orEmpty())
    this is TextView -> listOf(text.toString())
    else -> emptyList()
}

/** What a page shows. */
internal fun Page.content(): LinearLayout = view(R.id.content)

/** Presses the button that is described so. */
internal fun Page.press(description: String) {
    val found = arrayListOf<View>()
    content().findViewsWithText(found, description, View.FIND_VIEWS_WITH_CONTENT_DESCRIPTION)
    found.filterIsInstance<Button>().first { it.contentDescription == description }.performClick()
}

/** Presses the button of the question that is asked now. */
internal fun answer(button: Int) = (ShadowDialog.getLatestDialog() as AlertDialog).getButton(button).performClick()

/** The names in the row, place by place; `null` for an empty one. */
internal fun HomeActivity.names(): List<String?> {
    val row = view<RowView>(R.id.row)
    return (0 until row.childCount).map { row.getChildAt(it) }.map { place ->
        place
            .part<TextView>(R.id.label)
            .text
            .toString()
            .takeIf { place.visibility == View.VISIBLE }
    }
}

/** What the bar says; `null` if it is not there. */
internal fun Page.said(): String? =
    view<TextView>(R.id.bar_text).text.toString().takeIf { view<View>(R.id.bar).visibility == View.VISIBLE }
