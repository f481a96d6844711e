package dev.foretap.demo

import android.app.Activity
import android.app.AlertDialog
import android.content.Intent
import android.net.Uri
import android.widget.Button
import android.widget.EditText
import dev.foretap.Control
import kotlinx.coroutines.runBlocking
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf
import org.robolectric.shadows.ShadowDialog
import java.io.ByteArrayOutputStream
import java.io.FileNotFoundException
import kotlin.test.assertContains
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertTrue

@RunWith(RobolectricTestRunner::class)
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
        page.export("correct horse")
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
        page.export("correct horse")
        phone.await("what is wrong") { page.said() == FAILED }
    }

    @Test
    fun `a document that may not be opened, or is gone, is said and changes nothing`() {
        phone.learn()
        val before = phone.events()
        val refusals =
            listOf(SecurityException("taken back"), FileNotFoundException("gone"), IllegalArgumentException("unknown"))
        for (refusal in refusals) {
            val resolver = shadowOf(phone.app.contentResolver)
            resolver.registerOutputStreamSupplier(DOCUMENT) { throw refusal }
            resolver.registerInputStreamSupplier(DOCUMENT) { throw refusal }
            val from = page()
            from.export("correct horse")
            phone.await("what is wrong with $refusal") { from.said() == FAILED }
            val to = page()
            to.import("correct horse")
            phone.await("what is wrong with $refusal") { to.said() == FAILED }
        }
        assertEquals(before, phone.events())
    }

    private fun page(): PrivacyActivity {
        val page = phone.open<PrivacyActivity>()
        phone.await("what is kept") { page.content().childCount > 0 }
        return page
    }

    private fun PrivacyActivity.export(words: String) {
        press("Export: Export")
        val asked = shadowOf(this).nextStartedActivityForResult
        assertEquals(Intent.ACTION_CREATE_DOCUMENT, asked.intent.action)
        shadowOf(this).receiveResult(asked.intent, Activity.RESULT_OK, Intent().setData(DOCUMENT))
        assertFalse(passphrase("short").isEnabled)
        passphrase(words).performClick()
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
        const val FAILED = "The file could not be read or written."
        val DOCUMENT: Uri = Uri.parse("content://documents/foretap.export")
    }
}
