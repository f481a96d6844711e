package dev.foretap.demo

import android.view.View
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import kotlin.test.assertEquals

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
}
