package dev.foretap.demo

import android.os.Bundle
import android.widget.LinearLayout
import dev.foretap.Durations
import dev.foretap.Health
import dev.foretap.HitRate
import dev.foretap.HitRates
import dev.foretap.Moment
import dev.foretap.MomentHealth
import dev.foretap.unlock.UnlockLatency
import dev.foretap.unlock.UnlockMark
import java.util.concurrent.TimeUnit

/** How often predictions come true, beside the best simple rule; and how long a row takes, beside its budgets. */
@Suppress("TooManyFunctions") // One for each card and its words.
internal class HealthActivity : Page() {
    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        usePage(R.string.health)
    }

    override fun onStart() {
        super.onStart()
        refresh()
    }

    override suspend fun show(session: App.Session) {
        val health = session.foretap.health()
        fill {
            latency(session.unlocks.latency)
            for (moment in listOf(Moment.UNLOCK, Moment.NEXT, Moment.UNLOCK_OR_RESUME)) {
                health.moments[moment]?.let { hits(titleOf(moment), it) }
            }
            line(getString(R.string.hits_legend)).alpha = LEGEND
            engine(health)
        }
    }

    private fun LinearLayout.latency(latency: UnlockLatency) = card(getString(R.string.latency)) {
        val count = latency.unlocks.size
        if (count == 0) {
            line(getString(R.string.no_unlocks))
        } else {
            line(resources.getQuantityString(R.plurals.unlocks, count, count))
            val quantiles =
                UnlockMark.entries.associateWith { mark ->
                    latency.quantileNs(mark, MEDIAN) to latency.quantileNs(mark, MOST)
                }
            val most = quantiles.values.mapNotNull { it.second }.maxOrNull() ?: 0
            val scale = maxOf(most / NS_PER_MS, UnlockMark.entries.maxOf { it.budgetMs }.toDouble())
            bars(quantiles.map { (mark, quantile) -> barOf(mark, quantile.first, quantile.second, scale) })
        }
        line(getString(R.string.latency_legend)).alpha = LEGEND
    }

    private fun barOf(mark: UnlockMark, median: Long?, most: Long?, scale: Double): BarsView.Bar {
        val words =
            if (median == null || most == null) {
                getString(R.string.mark_missing)
            } else {
                getString(R.string.mark_value, ms(median), ms(most), mark.budgetMs)
            }

        fun share(ns: Long?) = ((ns ?: 0) / NS_PER_MS / scale).toFloat()
        val isBeyond = most != null && TimeUnit.NANOSECONDS.toMillis(most) > mark.budgetMs
        val limit = (mark.budgetMs / scale).toFloat()
        return BarsView.Bar(getString(titleOf(mark)), words, share(median), share(most), limit, isBeyond)
    }

    private fun LinearLayout.hits(title: Int, health: MomentHealth) = card(getString(title)) {
        if (health.month.questions == 0L) {
            line(getString(R.string.no_openings))
            return@card
        }
        for ((label, rates) in listOf(R.string.week to health.week, R.string.month to health.month)) {
            val count = rates.questions.toInt()
            line(getString(label), more = resources.getQuantityString(R.plurals.openings, count, count))
            bars(barsOf(rates))
        }
        health.trust?.let { line(getString(R.string.trust, percentOf(it))) }
    }

    private fun barsOf(rates: HitRates): List<BarsView.Bar> {
        fun bar(label: Int, rate: HitRate) = BarsView.Bar(
            getString(label),
            getString(R.string.hits_value, percentOf(rate.at1), percentOf(rate.at3)),
            rate.at1.toFloat(),
            rate.at3.toFloat(),
        )
        return listOfNotNull(
            rates.foretap?.let { bar(R.string.hits_foretap, it) },
            rates.bestRule?.let { bar(R.string.hits_rule, it) },
        )
    }

    private fun LinearLayout.engine(health: Health) = card(getString(R.string.engine)) {
        line(getString(R.string.events), count(health.events))
        line(getString(R.string.openings_learned), count(health.openings))
        line(getString(R.string.items), count(health.items))
        val refused = health.modelRefused?.let { getString(R.string.model_refused, it) }
        line(getString(R.string.model), more = health.model ?: refused ?: getString(R.string.no_model))
        durations(R.string.computed, health.computed)
        durations(R.string.prepared, health.prepared)
    }

    private fun LinearLayout.durations(label: Int, durations: Durations) {
        val (median, most) = (durations.p50Ns ?: return) to (durations.p95Ns ?: return)
        line(getString(label), count(durations.count), getString(R.string.median_ms, ms(median, 2), ms(most, 2)))
    }

    private fun LinearLayout.bars(bars: List<BarsView.Bar>) {
        val side = resources.getDimensionPixelSize(R.dimen.side)
        val layout =
            LinearLayout.LayoutParams(
                LinearLayout.LayoutParams.MATCH_PARENT,
                LinearLayout.LayoutParams.WRAP_CONTENT,
            )
        layout.setMargins(side, side / 2, side, 0)
        addView(BarsView(context).apply { show(bars) }, layout)
    }

    private fun titleOf(moment: Moment) = when (moment) {
        Moment.UNLOCK -> R.string.hits_unlock
        Moment.UNLOCK_OR_RESUME -> R.string.hits_resume
        Moment.NEXT -> R.string.hits_next
    }

    private fun titleOf(mark: UnlockMark) = when (mark) {
        UnlockMark.REQUESTED -> R.string.mark_requested
        UnlockMark.INFERRED -> R.string.mark_inferred
        UnlockMark.DELIVERED -> R.string.mark_delivered
        UnlockMark.DRAWN -> R.string.mark_drawn
    }

    private fun count(number: Long) = String.format(resources.configuration.locales[0], "%,d", number)

    private fun ms(ns: Long, digits: Int = 1) =
        String.format(resources.configuration.locales[0], "%.${digits}f", ns / NS_PER_MS)

    private companion object {
        const val MEDIAN = 0.5
        const val MOST = 0.95
        const val LEGEND = 0.8f
        val NS_PER_MS = TimeUnit.MILLISECONDS.toNanos(1).toDouble()
    }
}
