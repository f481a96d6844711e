package dev.foretap.demo

import android.app.Dialog
import android.view.Gravity
import android.view.ViewGroup.LayoutParams
import android.widget.LinearLayout
import android.widget.TextView
import dev.foretap.Control
import dev.foretap.Decision
import dev.foretap.SnoozeEnd
import dev.foretap.demo.Apps.LaunchableApp
import java.util.concurrent.TimeUnit

/** What can be known and decided about one app. Opened by a long press. */
internal class AppSheet(private val page: HomeActivity, private val app: App) {
    /** Shows it for an app, in its [place] of the row if it has one. */
    fun show(shown: LaunchableApp, place: RowView.Place?) {
        page.attempt { session ->
            val inForce = session.foretap.decisions().filter { it.control.item == shown.item }
            val locale = page.resources.configuration.locales[0]
            val reasons = place?.let { session.foretap.why(it.prediction, locale, app.apps::labelOf) }.orEmpty()
            if (!page.isFinishing) show(shown, place, reasons, inForce)
        }
    }

    private fun show(shown: LaunchableApp, place: RowView.Place?, reasons: List<String>, inForce: List<Decision>) {
        val dialog = Dialog(page, R.style.Sheet)
        val view = page.layoutInflater.inflate(R.layout.sheet, null)
        dialog.setContentView(view)
        dialog.setTitle(shown.label)
        page.showIcon(view.part(R.id.icon), shown)
        view.part<TextView>(R.id.name).text = shown.label
        view.part<TextView>(R.id.chance).text = place?.let {
            page.getString(R.string.chance, page.percent(it.prediction.probability), it.position + 1)
        } ?: page.getString(R.string.not_in_row)
        view.part<TextView>(R.id.reasons).text = reasons.joinToString("\n") { "•  ${it.capitalised()}" }
        for (id in listOf(R.id.why, R.id.reasons)) {
            view.part<TextView>(id).visibility = if (reasons.isEmpty()) TextView.GONE else TextView.VISIBLE
        }
        dialog.addActions(shown, place?.position ?: 0, inForce)
        dialog.window?.apply {
            setLayout(LayoutParams.MATCH_PARENT, LayoutParams.WRAP_CONTENT)
            setGravity(Gravity.BOTTOM)
        }
        page.whileOpen(dialog)
    }

    private fun Dialog.addActions(shown: LaunchableApp, position: Int, inForce: List<Decision>) {
        val (item, label) = shown.item to shown.label
        for (decision in inForce) {
            val what = page.getString(R.string.undo_this, page.sentenceOf(decision.control, app.apps))
            action(R.drawable.ic_undo, what) { page.undo(decision) }
        }
        val kinds = inForce.map { it.control::class }
        if (Control.Exclude::class !in kinds) {
            action(R.drawable.ic_exclude, page.getString(R.string.exclude)) {
                page.decide(Control.Exclude(item), page.getString(R.string.excluded, label))
            }
        }
        if (Control.Snooze::class !in kinds) {
            action(R.drawable.ic_snooze, page.getString(R.string.snooze)) {
                val end = SnoozeEnd.At(app.now().plusMs(DAY_MS))
                page.decide(Control.Snooze(item, end), page.getString(R.string.snoozed, label))
            }
        }
        if (Control.NeverLearn::class !in kinds) {
            action(R.drawable.ic_never, page.getString(R.string.never)) {
                page.decide(Control.NeverLearn(item), page.getString(R.string.never_learned, label))
            }
        }
        if (Control.Pin::class !in kinds) {
            action(R.drawable.ic_pin, page.getString(R.string.pin, position + 1)) {
                page.decide(Control.Pin(item, position), page.getString(R.string.pinned, label, position + 1))
            }
        }
    }

    private fun Dialog.action(icon: Int, text: String, act: () -> Unit) {
        val sheet = checkNotNull(window).decorView.part<LinearLayout>(R.id.sheet)
        val line = layoutInflater.inflate(R.layout.action, sheet, false) as TextView
        line.text = text
        line.setCompoundDrawablesRelativeWithIntrinsicBounds(icon, 0, 0, 0)
        line.setOnClickListener {
            dismiss()
            act()
        }
        sheet.addView(line)
    }

    private fun String.capitalised() = replaceFirstChar { it.titlecase(page.resources.configuration.locales[0]) }

    private companion object {
        val DAY_MS = TimeUnit.DAYS.toMillis(1)
    }
}
