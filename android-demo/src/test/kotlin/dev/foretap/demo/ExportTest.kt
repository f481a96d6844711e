package dev.foretap.demo

import android.app.Activity
import android.app.AlertDialog
import android.content.Intent
import android.net.Uri
import android.view.View
import android.view.ViewGroup
import android.widget.Button
import android.widget.EditText
import android.widget.LinearLayout
import android.widget.TextView
import dev.foretap.Control
import kotlinx.coroutines.runBlocking
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.shadows.ShadowDialog
import java.io.ByteArrayOutputStream
import kotlin.test.assertContains
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertTrue

/**
 * In a JVM of its own, on one Android: the native library calls streams back in the class loader that used it last, and
 * each Android has its own.
 */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35])
internal class ExportTest {
    @get:Rule
    val phone = Phone()

    @Test
    fun `an export is taken in again with its passphrase alone`() {
        phone.learn()
        phone.engine { it.decide(Control.Exclude(Phone.MAIL)) }
        val page = page()
        val export = ByteArrayOutputStream()
        shadowOf(phone.app.contentResolver).registerOutputStream(DOCUMENT, export)
        page.press("Export: Export")
        val asked = shadowOf(page).nextStartedActivityForResult
        assertEquals(Intent.ACTION_CREATE_DOCUMENT, asked.intent.action)
        shadowOf(page).receiveResult(asked.intent, Activity.RESULT_OK, Intent().setData(DOCUMENT))
        assertFalse(passphrase("short").isEnabled)
        passphrase("correct horse").performClick()
        phone.await("the export") { page.said().orEmpty().startsWith("Exported: ") }
        assertTrue(export.size() > 1_000)

        runBlocking { phone.app.erase() }
        val other = page()
        shadowOf(phone.app.contentResolver).registerInputStreamSupplier(DOCUMENT) { export.toByteArray().inputStream() }
        other.import("another horse")
        phone.await("the refusal") { other.said() == "The passphrase does not open this file." }
        phone.engine { assertEquals(0, it.health().events) }
        other.import("correct horse")
        phone.await("the import") { other.said().orEmpty().startsWith("Imported: ") }
        phone.engine { assertTrue(it.health().events > 100) }
        assertContains(other.content().texts(), "An app of the import: not suggested")
    }

    @Test
    fun `a document that cannot be written is said and nothing is left of it`() {
        val page = page()
        shadowOf(phone.app.contentResolver).registerOutputStream(
            DOCUMENT,
            object : java.io.OutputStream() {
                override fun write(b: Int) = throw java.io.IOException("no space")
            },
        )
        page.press("Export: Export")
        val asked = shadowOf(page).nextStartedActivityForResult
        shadowOf(page).receiveResult(asked.intent, Activity.RESULT_OK, Intent().setData(DOCUMENT))
        passphrase("correct horse").performClick()
        phone.await("what is wrong") { page.said() == "The file could not be read or written." }
    }

    private fun page(): PrivacyActivity {
        val page = phone.open<PrivacyActivity>()
        phone.await("what is kept") { page.content().childCount > 0 }
        return page
    }

    private fun PrivacyActivity.content(): LinearLayout = view(R.id.content)

    /** Presses the button that is described so. */
    private fun PrivacyActivity.press(description: String) =
        buttons(content()).first { it.contentDescription == description }.performClick()

    private fun buttons(view: View): List<Button> = when (view) {
        is ViewGroup -> (0 until view.childCount).flatMap { buttons(view.getChildAt(it)) }
        is Button -> listOf(view)
        else -> emptyList()
    }

    private fun PrivacyActivity.import(words: String) {
        press("Import: Import")
        val asked = shadowOf(this).nextStartedActivityForResult
        assertEquals(Intent.ACTION_OPEN_DOCUMENT, asked.intent.action)
        shadowOf(this).receiveResult(asked.intent, Activity.RESULT_OK, Intent().setData(DOCUMENT))
        passphrase(words).performClick()
    }

    private fun passphrase(words: String): Button {
        val dialog = ShadowDialog.getLatestDialog() as AlertDialog
        checkNotNull(dialog.window).decorView.part<EditText>(R.id.passphrase).setText(words)
        return dialog.getButton(AlertDialog.BUTTON_POSITIVE)
    }

    private companion object {
        val DOCUMENT: Uri = Uri.parse("content://documents/foretap.export")
    }
}
