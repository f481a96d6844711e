package dev.foretap.demo

import android.app.Activity
import android.app.AlertDialog
import android.app.Dialog
import android.os.Bundle
import android.view.View
import android.view.ViewGroup
import android.widget.Button
import android.widget.ImageView
import android.widget.LinearLayout
import android.widget.TextView
import dev.foretap.Control
import dev.foretap.Decision
import dev.foretap.ForetapException
import dev.foretap.demo.Apps.LaunchableApp
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.MainScope
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch

/** A screen of the demo: shows what the engine says, or why it says nothing. */
@Suppress("TooManyFunctions") // What the three screens share, in place of a library of widgets.
internal abstract class Page : Activity() {
    /** Ends with the activity. */
    protected val scope: CoroutineScope = MainScope()

    /** The process. */
    protected val app: App get() = application as App

    private val hideBar = Runnable { bar.visibility = View.GONE }
    private val dialogs = mutableSetOf<Dialog>()
    private val bar: View get() = part(R.id.bar)

    /** Shows the state of the engine. */
    protected abstract suspend fun show(session: App.Session)

    /** Shows the state of the engine, or why there is none. */
    protected fun refresh(): Job = attempt { show(it) }

    /** Makes a decision, shows what it changes, and offers the way back. */
    fun decide(control: Control, said: String): Job = attempt(app.scope) { session ->
        val decision = session.foretap.decide(control)
        show(session)
        say(said, getString(R.string.undo)) { undo(decision) }
    }

    /** Undoes a decision and shows what that changes. */
    fun undo(decision: Decision): Job = attempt(app.scope) { session ->
        val isUndone = session.foretap.undo(decision)
        show(session)
        say(getString(if (isUndone) R.string.undone else R.string.not_in_force))
    }

    /** Does what needs the engine, and shows why where that fails. Work of the [app]'s scope outlives the activity. */
    fun attempt(within: CoroutineScope = scope, work: suspend (App.Session) -> Unit): Job =
        attemptAnyway(within) { work(app.session()) }

    /** Does what needs no open log, such as erasing it, and shows why where that fails. */
    protected fun attemptAnyway(within: CoroutineScope = scope, work: suspend () -> Unit): Job = within.launch {
        try {
            work()
        } catch (exception: ForetapException) {
            if (isDestroyed) return@launch
            showAnyway()
            explain(exception) { attemptAnyway(within, work) }
        }
    }

    /** Shows what can be done all the same, where the engine gave no answer. */
    protected open fun showAnyway(): Unit = Unit

    /** Shows a dialog that goes with the activity. */
    fun whileOpen(dialog: Dialog) {
        dialogs += dialog
        dialog.setOnDismissListener { dialogs -= dialog }
        dialog.show()
    }

    /** Says what was done, with an action if there is one; [isLasting] until something else is said. */
    protected fun say(what: String, action: String? = null, isLasting: Boolean = false, act: () -> Unit = {}) {
        if (isDestroyed) return
        bar.removeCallbacks(hideBar)
        bar.visibility = View.VISIBLE
        part<TextView>(R.id.bar_text).text = what
        part<Button>(R.id.bar_action).apply {
            visibility = if (action == null) View.GONE else View.VISIBLE
            text = action
            setOnClickListener {
                hideBar.run()
                act()
            }
        }
        if (!isLasting) bar.postDelayed(hideBar, BAR_MS)
    }

    /** Shows an app's icon: at once if it was loaded before, else when it is; nothing waits for it. */
    fun showIcon(view: ImageView, shown: LaunchableApp) {
        val isSameApp = (view.tag as? LaunchableApp)?.item == shown.item
        val loaded = app.apps.loadedIcon(shown)
        view.tag = shown
        // An app that stays does not flicker.
        if (loaded != null || !isSameApp) view.setImageDrawable(loaded)
        if (loaded != null) return
        scope.launch {
            val icon = app.apps.icon(shown)
            if (view.tag === shown) view.setImageDrawable(icon)
        }
    }

    /** A view of the screen. */
    protected fun <T : View> part(id: Int): T = window.decorView.part(id)

    /** Uses the layout of a page with a title and a way back. */
    protected fun usePage(title: Int) {
        setContentView(R.layout.page)
        part<TextView>(R.id.title).setText(title)
        part<View>(R.id.back).setOnClickListener { finish() }
    }

    /** Replaces what the page shows; the reader stays where they were. */
    protected fun fill(build: LinearLayout.() -> Unit) {
        part<LinearLayout>(R.id.content).apply {
            removeAllViews()
            build()
        }
    }

    /** A card under a heading. */
    protected fun LinearLayout.card(heading: String, build: LinearLayout.() -> Unit) {
        val section = layoutInflater.inflate(R.layout.card, this, false)
        section.part<TextView>(R.id.heading).text = heading
        section.part<LinearLayout>(R.id.card).build()
        addView(section)
    }

    /** A line of text, with more below it, a value beside it, or a button. */
    protected fun ViewGroup.line(
        text: String,
        value: String? = null,
        more: String? = null,
        action: String? = null,
        act: (View) -> Unit = {},
    ): View {
        val line = layoutInflater.inflate(R.layout.line, this, false)
        line.part<TextView>(R.id.text).text = text
        for ((id, shown) in listOf(R.id.value to value, R.id.more to more, R.id.action to action)) {
            if (shown == null) continue
            line.part<TextView>(id).apply {
                visibility = View.VISIBLE
                this.text = shown
            }
        }
        line.part<Button>(R.id.action).apply {
            contentDescription = action?.let { "$it: $text" }
            setOnClickListener(act)
        }
        addView(line)
        return line
    }

    override fun onDestroy() {
        dialogs.toList().forEach { it.dismiss() }
        scope.cancel()
        super.onDestroy()
    }

    override fun onSaveInstanceState(outState: Bundle) {
        // What a page shows is in the log.
    }

    private fun explain(exception: ForetapException, again: () -> Unit) {
        when (exception) {
            // Somebody erased it; whoever asks next begins anew.
            is ForetapException.Closed -> return

            is ForetapException.KeyLost -> offerToStartOver(again)

            is ForetapException.InUse -> offerRetry(R.string.in_use, again)

            is ForetapException.KeyUnavailable -> offerRetry(R.string.key_unavailable, again)

            is ForetapException.Transient -> offerRetry(R.string.transient_failure, again)

            is ForetapException.Damaged -> offerRetry(R.string.damaged) { reopen(again) }

            is ForetapException.Newer -> say(getString(R.string.newer), isLasting = true)

            is ForetapException.KeyMismatch -> say(getString(R.string.key_mismatch), isLasting = true)

            is ForetapException.NoLibrary -> say(getString(R.string.no_native_library), isLasting = true)

            is ForetapException.WrongSecret -> say(getString(R.string.wrong_secret))

            is ForetapException.BadExport -> say(getString(R.string.bad_export))

            is ForetapException.Stream -> say(getString(R.string.stream_failed))

            else -> say(getString(R.string.unexpected, exception.message))
        }
    }

    private fun offerRetry(what: Int, again: () -> Unit) =
        say(getString(what), getString(R.string.retry), isLasting = true, act = again)

    private fun reopen(again: () -> Unit) {
        scope.launch {
            app.close()
            again()
        }
    }

    private fun offerToStartOver(again: () -> Unit) {
        val dialog =
            AlertDialog
                .Builder(this)
                .setTitle(R.string.key_lost_title)
                .setMessage(R.string.key_lost)
                .setPositiveButton(R.string.start_over) { _, _ ->
                    attemptAnyway {
                        app.erase()
                        again()
                    }
                }.setNegativeButton(R.string.not_now, null)
                .create()
        whileOpen(dialog)
    }

    private companion object {
        const val BAR_MS = 8_000L
    }
}

/** A view that the layout has. */
internal fun <T : View> View.part(id: Int): T = checkNotNull(findViewById(id)) { "the layout has no such view" }
