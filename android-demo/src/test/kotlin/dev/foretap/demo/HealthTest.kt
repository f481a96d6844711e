package dev.foretap.demo

import android.view.View
import android.widget.LinearLayout
import dev.foretap.unlock.UnlockMark
import kotlinx.coroutines.runBlocking
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf
import kotlin.test.assertContains
import kotlin.test.assertEquals
import kotlin.test.assertTrue

@RunWith(RobolectricTestRunner::class)
internal class HealthTest {
    @get:Rule
    val phone = Phone()

    @Test
    fun `the home screen leads there and the arrow back`() {
        val home = phone.home()
        home.view<View>(R.id.health).performClick()
        assertEquals(HealthActivity::class.java.name, shadowOf(home).nextStartedActivity.component?.className)
        val page = phone.open<HealthActivity>()
        page.view<View>(R.id.back).performClick()
        assertTrue(page.isFinishing)
    }

    @Test
    fun `hit rates stand beside the best simple rule, for a week and a month`() {
        phone.learn()
        val texts = filled().texts()
        assertContains(texts, "Next app")
        assertEquals(3, texts.count { it == "Last 7 days" })
        assertEquals(3, texts.count { it == "Last 30 days" })
        val bars = texts.filter { it.startsWith("Foretap: first ") }
        assertEquals(6, bars.size, "$texts")
        assertTrue(bars.all { Regex(".*Best simple rule: first \\d+%, in three \\d+%").matches(it) }, "$bars")
    }

    @Test
    fun `each mark of an unlock stands beside its budget`() {
        phone.learn()
        phone.home()
        repeat(3) { phone.unlock() }
        val texts = filled().texts()
        assertContains(texts, "3 unlocks since the app was started")
        val bars = texts.first { it.startsWith("Asked: ") }
        for (mark in UnlockMark.entries) {
            val isReached = runBlocking { phone.app.session() }.unlocks.latency.quantileNs(mark, 1.0) != null
            if (isReached) assertContains(bars, "of ${mark.budgetMs}\u00A0ms")
        }
    }

    @Test
    fun `an empty log has nothing to tell`() {
        val texts = filled().texts()
        assertContains(texts, "No unlock since the app was started.")
        assertEquals(3, texts.count { it == "There was nothing to predict." })
    }

    @Test
    fun `large letters have room`() {
        phone.app.resources.configuration.fontScale = 2f
        phone.learn()
        val page = filled()
        assertTrue(page.texts().isNotEmpty())
    }

    private fun filled(): View {
        val page = phone.open<HealthActivity>()
        val content = page.view<LinearLayout>(R.id.content)
        phone.await("figures") { content.childCount > 0 }
        return content
    }
}
