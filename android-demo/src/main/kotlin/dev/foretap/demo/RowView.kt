package dev.foretap.demo

import android.content.Context
import android.util.AttributeSet
import android.view.LayoutInflater
import android.view.View
import android.widget.ImageView
import android.widget.LinearLayout
import android.widget.TextView
import dev.foretap.Prediction
import dev.foretap.Ranking
import dev.foretap.demo.Apps.LaunchableApp
import kotlin.math.roundToInt

/** The row of predicted apps. A place keeps its view, so that an app that stays where it was does not flicker. */
internal class RowView(context: Context, attributes: AttributeSet?) : LinearLayout(context, attributes) {
    /** An app in its place. */
    class Place(val app: LaunchableApp, val prediction: Prediction, val position: Int)

    /** Hears of a tap. */
    var onTap: (Place) -> Unit = {}

    /** Hears of a long press. */
    var onHold: (Place) -> Unit = {}

    /** Puts an app's icon into its place. */
    var onIcon: (ImageView, LaunchableApp) -> Unit = { _, _ -> }

    init {
        val isWide = resources.configuration.fontScale > LARGE
        orientation = if (isWide) VERTICAL else HORIZONTAL
        repeat(App.PLACES) {
            val view =
                LayoutInflater
                    .from(
                        context,
                    ).inflate(if (isWide) R.layout.app_wide else R.layout.app, this, false)
            val width = if (isWide) LayoutParams.MATCH_PARENT else 0
            addView(view, LayoutParams(width, LayoutParams.WRAP_CONTENT, if (isWide) 0f else 1f))
            view.visibility = View.INVISIBLE
        }
    }

    /** Shows a ranking; returns whether there is anything in it. An app that is gone leaves its place empty. */
    fun show(ranking: Ranking, apps: Apps): Boolean {
        for (position in 0 until childCount) {
            val prediction = ranking.predictions.getOrNull(position)
            val app = prediction?.let { apps.of(it.item) }
            val view = getChildAt(position)
            view.visibility = if (app == null) View.INVISIBLE else View.VISIBLE
            if (app != null) bind(view, Place(app, prediction, position))
        }
        return ranking.predictions.isNotEmpty()
    }

    private fun bind(view: View, place: Place) {
        val percent = context.percent(place.prediction.probability)
        onIcon(view.part(R.id.icon), place.app)
        view.part<TextView>(R.id.label).text = place.app.label
        view.part<TextView>(R.id.probability).apply {
            text = percent
            visibility = View.VISIBLE
        }
        view.contentDescription =
            context.getString(R.string.predicted_description, place.app.label, place.position + 1, percent)
        view.setOnClickListener { onTap(place) }
        view.setOnLongClickListener {
            onHold(place)
            true
        }
    }

    private companion object {
        /** Letters from here on need more room than a fifth of the screen. */
        const val LARGE = 1.3f
    }
}

/** A share, 0 to 1, in whole percent. */
internal fun percentOf(share: Double): Int = (share * PERCENT).roundToInt()

/** A probability in words; a small one is not told as none. */
internal fun Context.percent(probability: Double): String =
    percentOf(probability).let { if (it == 0) getString(R.string.percent_least) else getString(R.string.percent, it) }

private const val PERCENT = 100
