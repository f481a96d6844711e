package dev.foretap.demo

import android.app.AlertDialog
import android.content.pm.PackageManager
import android.widget.Switch
import android.widget.TextView
import dev.foretap.Control
import dev.foretap.Event
import dev.foretap.Foretap
import dev.foretap.Recorded
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
        val texts = page().content().texts()
        assertContains(texts, "This version uploads nothing: the app has no permission to use the network.")
        assertEquals("nothing", texts[texts.indexOf("What waits to be sent") + 1])
        val permissions =
            phone.app.packageManager.getPackageInfo(
                phone.app.packageName,
                PackageManager.GET_PERMISSIONS,
            )
        assertEquals(emptyList(), permissions.requestedPermissions.orEmpty().toList())
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
