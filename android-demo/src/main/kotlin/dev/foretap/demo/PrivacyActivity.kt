package dev.foretap.demo

import android.app.AlertDialog
import android.content.Context
import android.content.Intent
import android.net.Uri
import android.os.Bundle
import android.provider.DocumentsContract
import android.text.Editable
import android.text.TextWatcher
import android.text.format.DateUtils
import android.text.format.Formatter
import android.text.method.PasswordTransformationMethod
import android.view.View
import android.widget.CheckBox
import android.widget.EditText
import android.widget.LinearLayout
import android.widget.Switch
import dev.foretap.Control
import dev.foretap.Decision
import dev.foretap.ExportSecret
import dev.foretap.Foretap
import dev.foretap.ForetapException
import dev.foretap.Health
import dev.foretap.SnoozeEnd
import dev.foretap.StoredPlace
import dev.foretap.Timestamp
import dev.foretap.UploadConsent
import dev.foretap.WaitingUpload
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import java.io.IOException
import java.util.concurrent.TimeUnit

/** What is kept, how much, what the person decided, and the ways to take it along or be rid of it. */
@Suppress("TooManyFunctions") // One for each card, and for each step of an export.
internal class PrivacyActivity : Page() {
    private val open = mutableSetOf<String>()
    private var isErased = false

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        usePage(R.string.privacy)
    }

    override fun onStart() {
        super.onStart()
        // Asking how much is kept would begin a new log.
        if (!isErased) refresh()
    }

    override suspend fun show(session: App.Session) {
        if (app.apps.all.isEmpty()) app.apps.load()
        val health = session.foretap.health()
        val decisions = session.foretap.decisions()
        val consent = session.foretap.uploadConsent()
        val waiting = session.foretap.waitingUploads()
        val stored = withContext(Dispatchers.Default) { Foretap.stored() }
        fill {
            howMuch(health)
            learning(decisions)
            inForce(decisions)
            take()
            uploads(consent, waiting)
            kept(stored)
        }
    }

    /** Who cannot see what is kept can still be rid of it. */
    override fun showAnyway() {
        val isEmpty = part<LinearLayout>(R.id.content).childCount == 0
        if (isEmpty) fill { card(getString(R.string.take)) { erasure() } }
    }

    private fun LinearLayout.howMuch(health: Health) = card(getString(R.string.how_much)) {
        val (oldest, newest) = (health.oldestMs ?: 0) to (health.newestMs ?: 0)
        val days = if (health.events == 0L) 0 else TimeUnit.MILLISECONDS.toDays(newest - oldest) + 1
        line(getString(R.string.events), count(health.events))
        line(getString(R.string.days), count(days))
        line(getString(R.string.size), Formatter.formatShortFileSize(context, health.bytes))
        line(getString(R.string.purged), count(health.purged))
        line(getString(R.string.encrypted)).alpha = SOFT
    }

    private fun LinearLayout.learning(decisions: List<Decision>) = card(getString(R.string.learning)) {
        val pause = decisions.find { it.control is Control.PauseLearning }
        switch(R.id.pause, R.string.pause, R.string.pause_more, pause != null) { isPaused ->
            when {
                isPaused -> decide(Control.PauseLearning(), getString(R.string.paused))
                pause != null -> undo(pause)
            }
        }
    }

    private fun LinearLayout.switch(id: Int, text: Int, more: Int, isOn: Boolean, turned: (Boolean) -> Unit) {
        val switch = Switch(context)
        switch.id = id
        switch.isChecked = isOn
        switch.setOnCheckedChangeListener { _, isNowOn -> turned(isNowOn) }
        val line = line(getString(text), more = getString(more)) as LinearLayout
        switch.contentDescription = getString(text)
        switch.minimumWidth = resources.getDimensionPixelSize(R.dimen.touch)
        switch.minimumHeight = resources.getDimensionPixelSize(R.dimen.touch)
        line.addView(switch)
        line.setOnClickListener { switch.toggle() }
    }

    private fun LinearLayout.inForce(decisions: List<Decision>) = card(getString(R.string.decisions)) {
        if (decisions.isEmpty()) line(getString(R.string.no_decisions))
        for (decision in decisions) {
            val what = sentenceOf(decision.control, app.apps)
            val since = getString(R.string.since, DateUtils.formatDateTime(context, decision.at.epochMs, DATE))
            line(what, more = since, action = getString(R.string.undo)) { undo(decision) }
        }
    }

    private fun LinearLayout.take() = card(getString(R.string.take)) {
        val (export, import) = getString(R.string.export) to getString(R.string.import_)
        line(export, more = getString(R.string.export_more), action = export) {
            pick(Intent(Intent.ACTION_CREATE_DOCUMENT).putExtra(Intent.EXTRA_TITLE, FILE_NAME), EXPORT)
        }
        line(import, more = getString(R.string.import_more), action = import) {
            pick(Intent(Intent.ACTION_OPEN_DOCUMENT), IMPORT)
        }
        erasure()
    }

    private fun LinearLayout.erasure() {
        val erase = getString(R.string.erase)
        line(erase, more = getString(R.string.erase_more), action = getString(R.string.erase_short)) { confirm() }
    }

    private fun LinearLayout.uploads(consent: UploadConsent, waiting: List<WaitingUpload>) =
        card(getString(R.string.uploads)) {
            line(getString(R.string.uploads_none))
            switch(R.id.reports, R.string.reports, R.string.reports_more, consent.reports) {
                allow(consent.copy(reports = it))
            }
            switch(R.id.samples, R.string.samples, R.string.samples_more, consent.samples) {
                allow(consent.copy(samples = it))
            }
            val none = if (waiting.isEmpty()) getString(R.string.uploads_empty) else null
            line(getString(R.string.uploads_preview), none)
            for (upload in waiting) {
                val isOpen = upload.id in open
                val size = Formatter.formatShortFileSize(context, upload.bytes.size.toLong())
                val act = getString(if (isOpen) R.string.hide else R.string.show)
                line(getString(R.string.upload, size), more = upload.text.takeIf { isOpen }, action = act) {
                    if (!open.remove(upload.id)) open += upload.id
                    refresh()
                }
            }
        }

    private fun allow(consent: UploadConsent) = attempt(app.scope) { session ->
        session.foretap.setUploadConsent(consent)
        show(session)
        val isAny = consent.reports || consent.samples
        say(getString(if (isAny) R.string.uploads_allowed else R.string.uploads_forbidden))
    }

    private fun LinearLayout.kept(stored: List<StoredPlace>) = card(getString(R.string.kept)) {
        line(getString(R.string.kept_more)).alpha = SOFT
        for (place in stored) {
            val isOpen = place.name in open
            val fields = resources.getQuantityString(R.plurals.fields, place.fields.size, place.fields.size)
            val act = getString(if (isOpen) R.string.hide else R.string.show)
            line(place.name, more = "${place.lies}\n$fields", action = act) {
                if (!open.remove(place.name)) open += place.name
                refresh()
            }
            if (!isOpen) continue
            for (field in place.fields) {
                val more = getString(R.string.field_more, field.what, field.keeping, field.readers)
                line(field.name, more = "$more\n${field.sensitivity}").setPaddingRelative(
                    side * 2,
                    side / 2,
                    side,
                    side / 2,
                )
            }
        }
    }

    private val side get() = resources.getDimensionPixelSize(R.dimen.side)

    private fun count(number: Long) = String.format(resources.configuration.locales[0], "%,d", number)

    private fun pick(intent: Intent, code: Int) =
        startActivityForResult(intent.addCategory(Intent.CATEGORY_OPENABLE).setType("application/octet-stream"), code)

    @Deprecated("Without AndroidX there is no other way to hear of a result.")
    override fun onActivityResult(requestCode: Int, resultCode: Int, data: Intent?) {
        val uri = data?.data?.takeIf { resultCode == RESULT_OK } ?: return
        when (requestCode) {
            EXPORT -> askPassphrase(R.string.passphrase_export, { discard(uri) }) { export(uri, it) }
            IMPORT -> askPassphrase(R.string.passphrase_import, {}) { import(uri, it) }
        }
    }

    private fun export(uri: Uri, secret: ExportSecret) = attempt(app.scope) { session ->
        val exported =
            try {
                streaming {
                    val stream = contentResolver.openOutputStream(uri, "wt") ?: throw IOException("no such document")
                    stream.use { session.foretap.exportTo(it, secret) }
                }
            } catch (exception: ForetapException) {
                // What was written is no export.
                discard(uri)
                throw exception
            }
        say(getString(R.string.exported, exported.events, Formatter.formatShortFileSize(this, exported.bytes)))
    }

    private fun import(uri: Uri, secret: ExportSecret) = attempt(app.scope) { session ->
        val imported =
            streaming {
                val stream = contentResolver.openInputStream(uri) ?: throw IOException("no such document")
                stream.use { session.foretap.importFrom(it, secret) }
            }
        show(session)
        say(getString(R.string.imported, imported.added))
    }

    private suspend fun <T> streaming(work: suspend () -> T): T = withContext(Dispatchers.IO) {
        try {
            work()
        } catch (exception: IOException) {
            throw failed(exception)
        } catch (exception: SecurityException) {
            // The app that keeps the document took back the right to it.
            throw failed(exception)
        } catch (exception: IllegalArgumentException) {
            // That app knows no such document any more.
            throw failed(exception)
        }
    }

    private fun failed(exception: Exception) = ForetapException.Stream("the document cannot be used", exception)

    private fun discard(uri: Uri) {
        runCatching { DocumentsContract.deleteDocument(contentResolver, uri) }
    }

    private fun askPassphrase(title: Int, giveUp: () -> Unit, go: (ExportSecret) -> Unit) {
        val view = layoutInflater.inflate(R.layout.passphrase, null)
        val words = view.part<EditText>(R.id.passphrase)
        view.part<CheckBox>(R.id.visible).setOnCheckedChangeListener { _, isVisible ->
            words.transformationMethod = if (isVisible) null else PasswordTransformationMethod.getInstance()
        }
        val dialog =
            AlertDialog
                .Builder(this)
                .setTitle(title)
                .setMessage(R.string.passphrase_message)
                .setView(view)
                .setPositiveButton(android.R.string.ok) { _, _ -> go(ExportSecret.Passphrase(words.text.toString())) }
                .setNegativeButton(R.string.cancel) { _, _ -> giveUp() }
                .setOnCancelListener { giveUp() }
                .create()
        whileOpen(dialog)
        val ok = dialog.getButton(AlertDialog.BUTTON_POSITIVE)
        ok.isEnabled = false
        words.addTextChangedListener(
            object : TextWatcher {
                override fun afterTextChanged(text: Editable) {
                    ok.isEnabled = text.toString().toByteArray().size in PASSPHRASE_BYTES
                }

                override fun beforeTextChanged(text: CharSequence, start: Int, count: Int, after: Int) = Unit

                override fun onTextChanged(text: CharSequence, start: Int, before: Int, count: Int) = Unit
            },
        )
    }

    private fun confirm() {
        val dialog =
            AlertDialog
                .Builder(this)
                .setTitle(R.string.erase_title)
                .setMessage(R.string.erase_message)
                .setPositiveButton(R.string.erase) { _, _ -> erase() }
                .setNegativeButton(R.string.cancel, null)
                .create()
        whileOpen(dialog)
    }

    private fun erase() = attemptAnyway(app.scope) {
        app.erase()
        isErased = true
        fill { card(getString(R.string.erased)) { line(getString(R.string.erased_more)) } }
        part<View>(R.id.scroll).scrollTo(0, 0)
    }

    private companion object {
        const val EXPORT = 1
        const val IMPORT = 2
        const val FILE_NAME = "foretap.export"
        const val SOFT = 0.8f
        const val DATE = DateUtils.FORMAT_SHOW_DATE or DateUtils.FORMAT_SHOW_TIME or DateUtils.FORMAT_ABBREV_ALL
        val PASSPHRASE_BYTES = 8..1_024
    }
}

/** A decision in words. */
@Suppress("CyclomaticComplexMethod") // One line for each decision.
internal fun Context.sentenceOf(control: Control, apps: Apps): String = when (control) {
    is Control.Exclude -> getString(R.string.decision_exclude, apps.labelOf(control.item))
    is Control.Snooze -> snoozeOf(apps.labelOf(control.item), control.until)
    is Control.NeverLearn -> getString(R.string.decision_never, apps.labelOf(control.item))
    is Control.Pin -> getString(R.string.decision_pin, apps.labelOf(control.item), control.position + 1)
    is Control.Promote -> getString(R.string.decision_promote, apps.labelOf(control.item))
    is Control.HalfLife -> halfLifeOf(control.item?.let(apps::labelOf), control.days)
    is Control.PauseLearning -> pauseOf(control.until)
    is Control.HideProfile -> getString(R.string.decision_hide_profile, control.profile)
    is Control.Unnamed if control.isNeverLearn -> getString(R.string.decision_unnamed_never)
    is Control.Unnamed -> getString(R.string.decision_unnamed_exclude)
}

private fun Context.snoozeOf(name: String, until: SnoozeEnd) = when (until) {
    is SnoozeEnd.At -> getString(R.string.decision_snooze, name, timeOf(until.at))
    SnoozeEnd.Frequent -> getString(R.string.decision_snooze_frequent, name)
}

private fun Context.halfLifeOf(name: String?, days: Int) = when (name) {
    null -> getString(R.string.decision_half_life_all, days)
    else -> getString(R.string.decision_half_life, name, days)
}

private fun Context.pauseOf(until: Timestamp?) = when (until) {
    null -> getString(R.string.decision_pause)
    else -> getString(R.string.decision_pause_until, timeOf(until))
}

private fun Context.timeOf(at: Timestamp): String {
    val format = DateUtils.FORMAT_SHOW_WEEKDAY or DateUtils.FORMAT_SHOW_TIME or DateUtils.FORMAT_ABBREV_WEEKDAY
    return DateUtils.formatDateTime(this, at.epochMs, format)
}
