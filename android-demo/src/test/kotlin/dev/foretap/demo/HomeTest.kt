package dev.foretap.demo

import android.app.Dialog
import android.os.Looper
import android.view.View
import android.widget.GridView
import android.widget.ImageView
import android.widget.TextView
import dev.foretap.Control
import dev.foretap.fakes.FakeKeystore
import dev.foretap.fakes.FakeLauncherApps
import dev.foretap.unlock.UnlockMark
import kotlinx.coroutines.runBlocking
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.shadows.ShadowDialog
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicBoolean
import kotlin.test.assertContains
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue

@RunWith(RobolectricTestRunner::class)
internal class HomeTest {
    @get:Rule
    val phone = Phone()

    @Test
    fun `an unlock shows five predicted apps, the habit's first`() {
        phone.learn()
        val home = phone.home()
        phone.unlock()
        phone.await("the row") { home.names().first() == "Mail" }
        assertEquals(
            App.PLACES,
            home
                .names()
                .filterNotNull()
                .distinct()
                .size,
        )
        assertEquals(home.getString(R.string.unlocked), home.view<TextView>(R.id.moment).text)
        val first = home.place(0)
        assertTrue(Regex("\\d+.?%").matches(first.part<TextView>(R.id.probability).text))
        assertContains(first.contentDescription, "Mail")
        assertContains(home.view<TextView>(R.id.source).text, "ms")
    }

    @Test
    fun `a row that is shown is stored, and marked when it is drawn`() {
        phone.learn()
        val home = phone.home()
        val before = phone.events()
        phone.unlock()
        phone.await("unlock and five impressions") { phone.events() == before + 1 + App.PLACES }
        home.view<View>(R.id.row).viewTreeObserver.dispatchOnPreDraw()
        val latency = runBlocking { phone.app.session() }.unlocks.latency
        phone.await("the last mark") { latency.quantileNs(UnlockMark.DRAWN, 1.0) != null }
    }

    @Test
    fun `icons stay in their places from one unlock to the next`() {
        phone.learn()
        val home = phone.home()
        phone.unlock()
        phone.await("the row") { home.names().first() == "Mail" }
        val names = home.names()
        repeat(3) { phone.unlock() }
        assertEquals(names, home.names())
    }

    @Test
    fun `a row does not wait for its icons, which are loaded off the main thread and kept`() {
        val gate = CountDownLatch(1)
        val onMain = AtomicBoolean()
        FakeLauncherApps.beforeIcon = {
            if (Looper.getMainLooper().isCurrentThread) onMain.set(true) else gate.await(1, TimeUnit.MINUTES)
        }
        phone.learn()
        val home = phone.home()
        phone.unlock()
        assertEquals("Mail", home.names().first())
        assertEquals(List(App.PLACES) { null }, home.icons())
        gate.countDown()
        phone.await("the icons") { null !in home.icons() }
        val icons = home.icons()
        phone.unlock()
        assertEquals(icons, home.icons())
        assertEquals(icons[0], home.sheet(0).part<ImageView>(R.id.icon).drawable)
        assertFalse(onMain.get())
    }

    @Test
    fun `a tap opens the app and is recorded with its place`() {
        phone.learn()
        val home = phone.home()
        phone.unlock()
        val before = phone.events()
        home.place(0).performClick()
        assertEquals(listOf(Phone.MAIL.id), started())
        phone.await("the launch") { phone.events() == before + 1 }
    }

    @Test
    fun `an app of the list opens and is recorded, one that is gone says so`() {
        val home = phone.home()
        val before = phone.events()
        val list = home.view<GridView>(R.id.apps)
        list.adapter.getView(0, null, list).performClick()
        assertEquals(listOf("com.example.bank"), started())
        phone.await("the launch") { phone.events() == before + 1 }
        FakeLauncherApps.uninstallAll()
        list.adapter.getView(1, null, list).performClick()
        assertEquals(home.getString(R.string.cannot_open, "Browser"), home.said())
        phone.settle()
        assertEquals(before + 1, phone.events())
    }

    @Test
    fun `a long press says why`() {
        phone.learn()
        val home = phone.home()
        phone.unlock()
        phone.await("the row") { home.names().first() == "Mail" }
        val texts = home.sheet(0).texts()
        assertContains(texts, "Mail")
        assertContains(texts, home.getString(R.string.why))
        assertTrue(texts.any { it.startsWith("•") && it.length > 5 }, "$texts")
        assertTrue(texts.containsAll(listOf(R.string.exclude, R.string.snooze, R.string.never).map(home::getString)))
    }

    @Test
    fun `what is excluded is gone from the next row, and Undo brings it back`() {
        val home = decided(R.string.exclude)
        assertFalse("Mail" in home.names())
        assertEquals(home.getString(R.string.excluded, "Mail"), home.said())
        phone.unlock()
        assertFalse("Mail" in home.names())
        home.view<View>(R.id.bar_action).performClick()
        phone.await("mail again") { "Mail" in home.names() && home.said() == home.getString(R.string.undone) }
        phone.engine { assertEquals(emptyList(), it.decisions()) }
    }

    @Test
    fun `what is snoozed comes back after a day`() {
        val home = decided(R.string.snooze)
        phone.unlock()
        assertFalse("Mail" in home.names())
        TestApp.now = TestApp.now.plusMs(25 * 60 * Phone.MINUTE_MS)
        phone.unlock()
        phone.await("mail again") { "Mail" in home.names() }
    }

    @Test
    fun `about what is never to be learned nothing is stored`() {
        val home = decided(R.string.never)
        val before = phone.events()
        val list = home.view<GridView>(R.id.apps)
        val mail =
            (0 until list.adapter.count).first {
                (
                    list.adapter.getItem(
                        it,
                    ) as Apps.LaunchableApp
                ).label == "Mail"
            }
        list.adapter.getView(mail, null, list).performClick()
        phone.settle()
        assertEquals(listOf(Phone.MAIL.id), started())
        assertEquals(before, phone.events())
        assertFalse("Mail" in home.names())
    }

    @Test
    fun `what is pinned stays in its place, and its sheet takes the pin away`() {
        phone.learn()
        val home = phone.home()
        phone.unlock()
        phone.await("the row") { home.names().first() == "Mail" }
        val fifth = assertNotNull(home.names()[4])
        val pin = home.getString(R.string.pin, 5)
        home.sheet(4).press(pin)
        phone.await("the pin") { home.said() == home.getString(R.string.pinned, fifth, 5) }
        repeat(2) { phone.unlock() }
        assertEquals(fifth, home.names()[4])
        val sheet = home.sheet(4)
        assertFalse(pin in sheet.texts())
        sheet.press(home.getString(R.string.undo_this, home.getString(R.string.decision_pin, fifth, 5)))
        phone.await("no pin") { home.said() == home.getString(R.string.undone) }
        phone.engine { assertEquals(emptyList(), it.decisions()) }
    }

    @Test
    fun `after the process died everything is as it was`() {
        val home = decided(R.string.exclude)
        phone.unlock()
        val names = home.names()
        phone.die(home)
        val again = phone.home()
        phone.unlock()
        phone.await("the row") { again.names().first() != null }
        assertEquals(names, again.names())
        phone.engine {
            assertEquals(
                listOf<Control>(Control.Exclude(Phone.MAIL)),
                it.decisions().map { made ->
                    made.control
                },
            )
        }
    }

    @Test
    fun `after everything was erased the next unlock is answered by the new log`() {
        phone.learn()
        val home = phone.home()
        runBlocking { phone.app.erase() }
        phone.restart(home)
        phone.unlock()
        phone.await("the row") { home.names().first() != null }
        assertEquals(home.getString(R.string.unlocked), home.view<TextView>(R.id.moment).text)
        phone.engine { assertEquals(0, it.health().openings) }
    }

    @Test
    fun `without an app there is nothing to suggest`() {
        FakeLauncherApps.uninstallAll()
        val home = phone.home()
        phone.unlock()
        assertEquals(View.VISIBLE, home.view<View>(R.id.nothing).visibility)
        assertEquals(View.GONE, home.view<View>(R.id.row).visibility)
    }

    @Test
    fun `five hundred apps are shown, and five of them suggested`() {
        repeat(500) { FakeLauncherApps.install("org.example.a$it", "App $it") }
        val home = phone.home()
        phone.unlock()
        phone.await("a row") { home.names().filterNotNull().size == App.PLACES }
        assertEquals(512, home.view<GridView>(R.id.apps).adapter.count)
    }

    @Test
    fun `apps that come and go are shown as they do`() {
        val home = phone.home()
        FakeLauncherApps.install("org.example.new", "A new one")
        val launcher = phone.app.getSystemService(android.content.pm.LauncherApps::class.java)
        shadowOf(launcher).notifyPackageAdded("org.example.new")
        phone.await("the new app") { home.view<GridView>(R.id.apps).adapter.count == 13 }
    }

    @Test
    fun `a keystore that lost the key is said, and starting over begins anew`() {
        phone.learn()
        runBlocking { phone.app.close() }
        FakeKeystore.keys.clear()
        val home = phone.open<HomeActivity>()
        phone.await("the dialog") { ShadowDialog.getLatestDialog()?.isShowing == true }
        val dialog = ShadowDialog.getLatestDialog() as android.app.AlertDialog
        assertContains(shadowOf(dialog).message, home.getString(R.string.key_lost))
        assertTrue(phone.folder.resolve("log.db").exists(), "nothing is deleted before the person said so")
        dialog.getButton(android.app.AlertDialog.BUTTON_POSITIVE).performClick()
        phone.await("a row") { home.names().first() != null }
        phone.engine { assertTrue(it.health().openings == 0L) }
    }

    @Test
    fun `a keystore that does not answer is said, and trying again goes on`() {
        FakeKeystore.failures = 3
        val home = phone.open<HomeActivity>()
        phone.await("what is wrong") { home.said() == home.getString(R.string.key_unavailable) }
        home.view<View>(R.id.bar_action).performClick()
        phone.await("a row") { home.names().first() != null }
        assertNull(home.said())
    }

    @Test
    fun `another owner of the log is said`() {
        val home = phone.home()
        val names = home.names()
        val other = TestApp()
        shadowOf(other).callAttach(RuntimeEnvironment.getApplication())
        val failure = runCatching { runBlocking { other.foretap() } }.exceptionOrNull()
        assertTrue(failure is dev.foretap.ForetapException.InUse)
        assertEquals(names, home.names())
    }

    private fun decided(action: Int): HomeActivity {
        phone.learn()
        val home = phone.home()
        phone.unlock()
        phone.await("the row") { home.names().first() == "Mail" }
        home.sheet(0).press(home.getString(action))
        phone.await("the decision") { "Mail" !in home.names() && home.said() != null }
        return home
    }

    private fun HomeActivity.place(position: Int) = view<RowView>(R.id.row).getChildAt(position)

    private fun HomeActivity.icons() = List(App.PLACES) { place(it).part<ImageView>(R.id.icon).drawable }

    private fun HomeActivity.sheet(position: Int): View {
        val before = ShadowDialog.getShownDialogs().size
        place(position).performLongClick()
        phone.await("the sheet") { ShadowDialog.getShownDialogs().size > before }
        return checkNotNull((ShadowDialog.getLatestDialog() as Dialog).window).decorView
    }

    private fun View.press(text: String) {
        val found = arrayListOf<View>()
        findViewsWithText(found, text, View.FIND_VIEWS_WITH_TEXT)
        found.first().performClick()
    }

    private fun started() = FakeLauncherApps.started.map { it.first }
}
