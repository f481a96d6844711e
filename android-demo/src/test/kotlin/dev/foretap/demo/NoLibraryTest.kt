package dev.foretap.demo

import android.app.AlertDialog
import android.view.View
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import kotlin.test.assertEquals
import kotlin.test.assertFalse

/** Run where the native library cannot be found, as in an APK that was built without the NDK. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35])
internal class NoLibraryTest {
    @get:Rule
    val phone = Phone()

    @Test
    fun `a build without the native library says so on every screen`() {
        for (page in listOf(phone.open<HomeActivity>(), phone.open<HealthActivity>(), phone.open<PrivacyActivity>())) {
            phone.await("what is wrong") { page.said() != null }
            assertEquals("This build has no native library for this phone.", page.said())
            assertEquals(View.VISIBLE, page.view<View>(R.id.bar).visibility)
        }
    }

    @Test
    fun `what an earlier build kept can be erased`() {
        phone.folder.mkdirs()
        phone.folder.resolve("log.db").writeText("of a build that had it")
        val page = phone.open<PrivacyActivity>()
        phone.await("what is wrong") { page.said() != null }
        page.press("Erase: Erase everything")
        answer(AlertDialog.BUTTON_POSITIVE)
        phone.await("the end") { "Everything is erased" in page.content().texts() }
        assertFalse(phone.folder.exists())
    }
}
