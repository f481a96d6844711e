package dev.foretap.demo

import android.content.Context
import android.graphics.Canvas
import android.graphics.Paint
import android.graphics.Typeface
import android.text.TextPaint
import android.util.AttributeSet
import android.util.TypedValue
import android.view.View

/** Shares as horizontal bars: a strong part over a pale one, and a line for what is allowed. */
internal class BarsView(context: Context, attributes: AttributeSet? = null) : View(context, attributes) {
    /**
     * One bar.
     *
     * @property label what it is.
     * @property value its numbers in words.
     * @property strong the share of the width that is strong, 0 to 1.
     * @property pale the share that is pale, from the beginning.
     * @property limit where the line stands; `null` for none.
     * @property isBeyond whether it is beyond what is allowed.
     */
    class Bar(
        val label: String,
        val value: String,
        val strong: Float,
        val pale: Float,
        val limit: Float? = null,
        val isBeyond: Boolean = false,
    )

    private var bars: List<Bar> = emptyList()
    private val label = text(R.color.text, Typeface.NORMAL)
    private val value = text(R.color.text_soft, Typeface.NORMAL).apply { textAlign = Paint.Align.RIGHT }
    private val fill = Paint(Paint.ANTI_ALIAS_FLAG)
    private val thick = dp(BAR_DP)
    private val gap = dp(GAP_DP)
    private val lineHeight = label.fontMetrics.run { descent - ascent }

    /** Shows bars, which are read aloud one after the other. */
    fun show(bars: List<Bar>) {
        this.bars = bars
        contentDescription = bars.joinToString(". ") { "${it.label}: ${it.value}" }
        requestLayout()
        invalidate()
    }

    override fun onMeasure(widthMeasureSpec: Int, heightMeasureSpec: Int) {
        val width = MeasureSpec.getSize(widthMeasureSpec)
        val height = bars.sumOf { heightOf(it, width).toDouble() }.toInt()
        setMeasuredDimension(width, resolveSize(height, heightMeasureSpec))
    }

    override fun onDraw(canvas: Canvas) {
        var top = 0f
        for (bar in bars) {
            drawText(canvas, bar, top)
            drawBar(canvas, bar, top + heightOf(bar, width) - thick - gap)
            top += heightOf(bar, width)
        }
    }

    private fun drawText(canvas: Canvas, bar: Bar, top: Float) {
        val baseline = top - label.fontMetrics.ascent
        canvas.drawText(bar.label, 0f, baseline, label)
        val below = (linesOf(bar, width) - 1) * lineHeight
        canvas.drawText(bar.value, width.toFloat(), baseline + below, value)
    }

    private fun drawBar(canvas: Canvas, bar: Bar, top: Float) {
        draw(canvas, top, 1f, R.color.track)
        draw(canvas, top, bar.pale, if (bar.isBeyond) R.color.warning_soft else R.color.accent_soft)
        draw(canvas, top, bar.strong, if (bar.isBeyond) R.color.warning else R.color.accent)
        val limit = bar.limit ?: return
        fill.color = context.getColor(R.color.text)
        val x = (limit * width).coerceIn(0f, width - dp(LIMIT_DP))
        canvas.drawRect(x, top - dp(LIMIT_DP), x + dp(LIMIT_DP), top + thick + dp(LIMIT_DP), fill)
    }

    private fun draw(canvas: Canvas, top: Float, share: Float, color: Int) {
        if (share <= 0f) return
        fill.color = context.getColor(color)
        val end = (share.coerceAtMost(1f) * width).coerceAtLeast(thick)
        canvas.drawRoundRect(0f, top, end, top + thick, thick / 2, thick / 2, fill)
    }

    /** One line of text, or two where large letters leave no room for both. */
    private fun linesOf(bar: Bar, width: Int) =
        if (label.measureText(bar.label) + value.measureText(bar.value) + 2 * gap <= width) 1 else 2

    private fun heightOf(bar: Bar, width: Int) = linesOf(bar, width) * lineHeight + dp(LIMIT_DP) * 2 + thick + gap

    private fun text(color: Int, style: Int) = TextPaint(Paint.ANTI_ALIAS_FLAG).also {
        it.color = context.getColor(color)
        it.typeface = Typeface.create(Typeface.SANS_SERIF, style)
        it.textSize = TypedValue.applyDimension(TypedValue.COMPLEX_UNIT_SP, TEXT_SP, resources.displayMetrics)
    }

    private fun dp(value: Float) =
        TypedValue.applyDimension(TypedValue.COMPLEX_UNIT_DIP, value, resources.displayMetrics)

    private companion object {
        const val TEXT_SP = 14f
        const val BAR_DP = 8f
        const val GAP_DP = 12f
        const val LIMIT_DP = 2f
    }
}
