package dev.foretap.unlock


import android.view.View
import android.view.ViewTreeObserver
import dev.foretap.Ranking

/**
 * A ranking for an unlock that just happened.
 *
 * @property ranking the ranking.
 * @property times how long it took to get here.
 */
public class UnlockRanking internal constructor(public val ranking: Ranking, public val times: UnlockTimes) {
    /** Says that the row is on the screen, for hosts that know better than [drawnBy]. */
    public fun drawn(): Unit = times.reach(UnlockMark.DRAWN)

    /** Marks the row as drawn when [view], which shows it, is drawn the next time. To be called on the main thread. */
    public fun drawnBy(view: View) {
        val observer = view.viewTreeObserver
        val listener = object : ViewTreeObserver.OnPreDrawListener {
            override fun onPreDraw(): Boolean {
                val current = if (observer.isAlive) observer else view.viewTreeObserver
                current.removeOnPreDrawListener(this)
                // Behind the frame that is about to be drawn.
                view.post { drawn() }
                return true
            }
        }
        observer.addOnPreDrawListener(listener)
        view.invalidate()
    }
}
