package dev.foretap.demo

import android.app.AlertDialog
import android.content.pm.PackageManager
import android.widget.Switch
import android.widget.TextView
import dev.foretap.Control
import dev.foretap.Event
import dev.foretap.Foretap
import dev.foretap.Recorded
import dev.foretap.UploadConsent
import dev.foretap.fakes.FakeKeystore
import kotlinx.coroutines.runBlocking
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import kotlin.test.assertContains
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertTrue

@RunWith(RobolectricTestRunner::class)
internal class PrivacyTest {
    @get:Rule
    val phone = Phone()

    @Test
    fun `everything that is stored is listed, with how long and for whom`() {
        val page = page()
        val places = Foretap.stored()
        assertTrue(page.content().texts().containsAll(places.map { it.name }))
        page.press("Show: ${places.first().name}")
        phone.await("the fields") { page.content().texts().containsAll(places.first().fields.map { it.name }) }
        assertTrue(page.content().texts().any { "kept: " in it && "read by: " in it })
        page.press("Hide: ${places.first().name}")
        phone.await("no fields") { page.content().texts().none { "read by: " in it } }
    }

    @Test
    fun `it says how much is kept`() {
        phone.learn()
        val texts = page().content().texts()
        val events = Phone.habit().size
        assertEquals("%,d".format(events), texts[texts.indexOf("Events") + 1])
        assertEquals("21", texts[texts.indexOf("Days") + 1])
    }

    @Test
    fun `decisions in force are listed and undone`() {
        phone.learn()
        phone.engine { it.decide(Control.Exclude(Phone.MAIL)) }
        phone.engine { it.decide(Control.HalfLife(null, 30)) }
        val page = page()
        assertContains(page.content().texts(), "Mail: not suggested")
        assertContains(page.content().texts(), "Everything: forgotten by half in 30 days")
        page.press("Undo: Mail: not suggested")
        phone.await("one left") { "Mail: not suggested" !in page.content().texts() }
        phone.engine {
            assertEquals(
                listOf<Control>(Control.HalfLife(null, 30)),
                it.decisions().map { made ->
                    made.control
                },
            )
        }
    }

    @Test
    fun `while learning is paused nothing is stored`() {
        val page = page()
        page.view<Switch>(R.id.pause).performClick()
        phone.await("the pause") { page.said() == "Learning is paused" }
        phone.engine { assertEquals(Recorded.NOT_LEARNED, it.record(Event.launch(Phone.MAIL))) }
        phone.await("the switch") { page.view<Switch>(R.id.pause).isChecked }
        page.view<Switch>(R.id.pause).performClick()
        phone.await("the end of it") { page.said() == "Undone" }
        phone.engine { assertEquals(Recorded.STORED, it.record(Event.launch(Phone.MAIL))) }
    }

    @Test
    fun `erasing asks first and leaves nothing`() {
        phone.learn()
        val page = page()
        page.press("Erase: Erase everything")
        answer(AlertDialog.BUTTON_NEGATIVE)
        phone.settle()
        assertTrue(phone.folder.resolve("log.db").exists())
        page.press("Erase: Erase everything")
        answer(AlertDialog.BUTTON_POSITIVE)
        phone.await("the end") { "Everything is erased" in page.content().texts() }
        assertEquals(
            emptyList(),
            phone.folder
                .list()
                .orEmpty()
                .toList(),
        )
        assertTrue(FakeKeystore.keys.isEmpty())
        phone.settle()
        assertFalse(phone.folder.resolve("log.db").exists())
        val home = phone.home()
        phone.await("a new row") { home.names().first() != null }
        phone.engine { assertEquals(0, it.health().openings) }
    }

    @Test
    fun `a log that cannot be opened can be erased`() {
        phone.learn()
        runBlocking { phone.app.close() }
        // As after a backup that took the log without its keys.
        assertTrue(phone.folder.resolve("log.keys").delete())
        val page = phone.open<PrivacyActivity>()
        phone.await("what is wrong") { page.said() == page.getString(R.string.key_mismatch) }
        assertContains(page.content().texts(), "Erase everything")
        assertFalse("Export" in page.content().texts())
        page.press("Erase: Erase everything")
        answer(AlertDialog.BUTTON_POSITIVE)
        phone.await("the end") { "Everything is erased" in page.content().texts() }
        assertFalse(phone.folder.exists())
        assertTrue(FakeKeystore.keys.isEmpty())
        phone.engine { assertEquals(0, it.health().events) }
    }

    @Test
    fun `it says that nothing is uploaded, and shows nothing made up`() {
        val page = page()
        val texts = page.content().texts()
        assertTrue(texts.any { "This app sends nothing even then: it has no permission to use the network." in it })
        assertEquals("nothing", texts[texts.indexOf("What waits to be sent") + 1])
        for (id in listOf(R.id.reports, R.id.samples)) assertFalse(page.view<Switch>(id).isChecked)
        val permissions =
            phone.app.packageManager.getPackageInfo(
                phone.app.packageName,
                PackageManager.GET_PERMISSIONS,
            )
        assertEquals(emptyList(), permissions.requestedPermissions.orEmpty().toList())
    }

    @Test
    fun `what the person allows waits and can be read, and is gone when it is taken back`() {
        val page = page()
        page.view<Switch>(R.id.reports).performClick()
        phone.await("the permission") { page.said() == "Counts from now on" }
        phone.engine { assertEquals(UploadConsent(reports = true), it.uploadConsent()) }
        page.view<Switch>(R.id.samples).performClick()
        phone.await("both") { page.view<Switch>(R.id.samples).isChecked && page.view<Switch>(R.id.reports).isChecked }
        TestApp.now = TestApp.now.plusMs(3 * 24 * 60 * Phone.MINUTE_MS)
        val later = page()
        val upload = later.content().texts().single { it.startsWith("A batch of ") }
        later.press("Show: $upload")
        var text = ""
        phone.engine { text = it.waitingUploads().single().text }
        phone.await("what is in it") { text in later.content().texts() }
        assertContains(text, "reports of a day: 2")
        later.press("Hide: $upload")
        phone.await("nothing of it") { text !in later.content().texts() }
        for (id in listOf(R.id.reports, R.id.samples)) {
            later.view<Switch>(id).performClick()
            phone.await("the end of it") { !later.view<Switch>(id).isChecked }
            phone.settle()
        }
        assertEquals("Nothing is allowed; what waited is gone", later.said())
        assertFalse(later.content().texts().any { it.startsWith("A batch of ") })
        phone.engine { assertEquals(UploadConsent(), it.uploadConsent()) }
    }

    @Test
    @Config(qualifiers = "+de")
    fun `it speaks German`() {
        phone.learn()
        phone.engine { it.decide(Control.Pin(Phone.MAIL, 1)) }
        val texts = page().content().texts()
        assertContains(texts, "Wie viel aufbewahrt wird")
        assertContains(texts, "Mail: auf Platz 2 angeheftet")
        val home = phone.home()
        phone.unlock()
        assertEquals("Nach dem Entsperren wahrscheinlich", home.view<TextView>(R.id.moment).text)
    }

    private fun page(): PrivacyActivity {
        val page = phone.open<PrivacyActivity>()
        phone.await("what is kept") { page.content().childCount > 0 }
        return page
    }
}
