package dev.foretap.demo

import android.app.Activity
import android.app.Dialog
import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.Color
import android.view.View
import android.widget.LinearLayout
import dev.foretap.Control
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode
import org.robolectric.shadows.ShadowDialog
import java.io.File
import kotlin.test.assertTrue

/** Draws the screens with Android's own drawing code into target/screenshots, for people to look at. */
@RunWith(RobolectricTestRunner::class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
@Config(sdk = [35])
internal class ScreenshotTest {
    @get:Rule
    val phone = Phone()

    @Test
    fun home() {
        val home = home(phone)
        home.draw("home")
    }

    @Test
    fun why() {
        val home = home(phone)
        home.view<RowView>(R.id.row).getChildAt(0).performLongClick()
        phone.await("the sheet") { ShadowDialog.getLatestDialog()?.isShowing == true }
        phone.settle()
        home.draw("why", ShadowDialog.getLatestDialog())
    }

    @Test
    fun undo() {
        val home = home(phone)
        home.decide(Control.Exclude(Phone.MAIL), home.getString(R.string.excluded, "Mail"))
        phone.await("the bar") { home.view<View>(R.id.bar).isShown }
        phone.settle()
        home.draw("undo")
    }

    @Test
    @Config(qualifiers = "+h1240dp")
    fun health() {
        home(phone)
        phone.open<HealthActivity>().filled().draw("health")
    }

    @Test
    @Config(qualifiers = "+h1240dp")
    fun privacy() {
        home(phone)
        phone.engine { it.decide(Control.Exclude(Phone.MAIL)) }
        phone.engine { it.decide(Control.Pin(dev.foretap.Item("com.example.music"), 1)) }
        phone.open<PrivacyActivity>().filled().draw("privacy")
    }

    @Test
    @Config(qualifiers = "+de-night")
    fun `home in German at night`() {
        val home = home(phone)
        home.view<RowView>(R.id.row).getChildAt(0).performLongClick()
        phone.await("the sheet") { ShadowDialog.getLatestDialog()?.isShowing == true }
        phone.settle()
        home.draw("why-de-night", ShadowDialog.getLatestDialog())
    }

    @Test
    @Config(qualifiers = "+de-h1240dp-night")
    fun `pages in German at night`() {
        home(phone)
        phone.open<HealthActivity>().filled().draw("health-de-night")
        phone.open<PrivacyActivity>().filled().draw("privacy-de-night")
    }

    @Test
    @Config(qualifiers = "w740dp-h360dp-land-xhdpi")
    fun landscape() = home(phone).draw("home-land")

    @Test
    fun `large letters`() {
        RuntimeEnvironment.setFontScale(2f)
        home(phone).draw("home-large")
        phone.open<HealthActivity>().filled().draw("health-large")
    }

    private fun home(phone: Phone): HomeActivity {
        phone.learn()
        val home = phone.home()
        repeat(4) {
            phone.unlock()
            home.view<View>(R.id.row).viewTreeObserver.dispatchOnPreDraw()
            phone.settle()
        }
        phone.await("the row") { home.names().filterNotNull().size == App.PLACES }
        return home
    }

    private fun <P : Page> P.filled(): P {
        phone.await("the page") { view<LinearLayout>(R.id.content).childCount > 0 }
        phone.settle()
        return this
    }

    private fun Activity.draw(name: String, dialog: Dialog? = null) {
        phone.settle()
        val decor = window.decorView
        val bitmap = Bitmap.createBitmap(decor.width, decor.height, Bitmap.Config.ARGB_8888)
        val canvas = Canvas(bitmap)
        decor.draw(canvas)
        if (dialog != null) {
            canvas.drawColor(Color.argb(150, 0, 0, 0))
            val sheet = checkNotNull(dialog.window).decorView
            canvas.translate((decor.width - sheet.width) / 2f, (decor.height - sheet.height).toFloat())
            sheet.draw(canvas)
        }
        val file = File("target/screenshots/$name.png")
        checkNotNull(file.parentFile).mkdirs()
        file.outputStream().use { bitmap.compress(Bitmap.CompressFormat.PNG, 100, it) }
        assertTrue(file.length() > 10_000, "something was drawn")
    }
}
