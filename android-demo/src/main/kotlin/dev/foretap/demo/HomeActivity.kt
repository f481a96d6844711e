package dev.foretap.demo

import android.app.KeyguardManager
import android.content.Intent
import android.os.Bundle
import android.view.View
import android.view.ViewGroup
import android.widget.BaseAdapter
import android.widget.GridView
import android.widget.TextView
import dev.foretap.AnsweredBy
import dev.foretap.Event
import dev.foretap.EventKind
import dev.foretap.Moment
import dev.foretap.Ranking
import dev.foretap.Slot
import dev.foretap.demo.Apps.LaunchableApp
import dev.foretap.unlock.UnlockRanking
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import java.util.concurrent.TimeUnit

/** The home screen: five predicted apps in stable places, and all apps below. */
@Suppress("TooManyFunctions") // Half of them are the activity's life.
internal class HomeActivity : Page() {
    private val adapter = AppsAdapter()
    private val row: RowView get() = part(R.id.row)
    private var listening: Job? = null
    private var moment = Moment.NEXT
    private var isStarted = false

    /** The log whose unlocks are shown; `null` until there is one. */
    var heard: App.Session? = null
        private set

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        setContentView(R.layout.home)
        part<View>(R.id.health).setOnClickListener { startActivity(Intent(this, HealthActivity::class.java)) }
        part<View>(R.id.privacy).setOnClickListener { startActivity(Intent(this, PrivacyActivity::class.java)) }
        row.onTap = { open(it.app, Slot(App.SURFACE, it.position)) }
        row.onIcon = ::showIcon
        row.onHold = { AppSheet(this, app).show(it.app, it) }
        part<GridView>(R.id.apps).also {
            // Names in large letters need wider columns.
            val scale = resources.configuration.fontScale.coerceAtLeast(1f)
            it.columnWidth = (resources.getDimensionPixelSize(R.dimen.column) * scale).toInt()
            it.adapter = adapter
        }
        scope.launch {
            app.apps.changes().collect {
                adapter.apps = app.apps.load()
                refresh()
            }
        }
    }

    override fun onStart() {
        super.onStart()
        isStarted = true
        attempt { session ->
            if (adapter.apps.isEmpty()) adapter.apps = app.apps.load()
            // Behind the lock screen: the row of the unlock is about to come.
            if (!isLocked()) {
                app.record { Event(EventKind.Home, context = it) }
                moment = Moment.NEXT
                show(session)
            }
            listenTo(session)
        }
    }

    override fun onStop() {
        isStarted = false
        super.onStop()
    }

    /** The home button was pressed on the home screen. */
    override fun onNewIntent(intent: Intent) {
        super.onNewIntent(intent)
        part<GridView>(R.id.apps).smoothScrollToPosition(0)
    }

    override suspend fun show(session: App.Session) {
        val surroundings = withContext(Dispatchers.Default) { session.reader.read() }
        show(session, session.foretap.predict(app.request().copy(moment = moment, context = surroundings)))
    }

    /** Unlocks are answered by the log that is open now; after an erasure that is another one. */
    private fun listenTo(session: App.Session) {
        if (listening?.isActive == true && heard === session) return
        listening?.cancel()
        heard = session
        listening = attempt { session.unlocks.rankings.collect { showUnlock(session, it) } }
    }

    /** An unlock behind another app is no row that anybody sees. */
    private suspend fun showUnlock(session: App.Session, unlock: UnlockRanking) {
        if (!isStarted) return
        moment = Moment.UNLOCK
        unlock.drawnBy(row)
        show(session, unlock.ranking)
    }

    private suspend fun show(session: App.Session, ranking: Ranking) {
        val isAny = row.show(ranking, app.apps)
        row.visibility = if (isAny) View.VISIBLE else View.GONE
        part<View>(R.id.nothing).visibility = if (isAny) View.GONE else View.VISIBLE
        part<TextView>(R.id.moment).setText(if (moment == Moment.NEXT) R.string.next else R.string.unlocked)
        part<TextView>(R.id.source).text = if (isAny) sourceOf(ranking) else null
        if (isAny) session.foretap.shown(ranking)
    }

    private fun sourceOf(ranking: Ranking): String {
        val ms = String.format(resources.configuration.locales[0], "%.1f", ranking.stages.totalNs / NS_PER_MS)
        val source =
            when (ranking.answeredBy) {
                AnsweredBy.HOST_ORDER -> getString(R.string.source_host)
                AnsweredBy.MIXER -> getString(R.string.source_mixer, ms)
                AnsweredBy.MODEL -> getString(R.string.source_model, ms, ranking.model)
            }
        return if (ranking.isPrepared) getString(R.string.source_prepared, source) else source
    }

    private fun open(opened: LaunchableApp, slot: Slot?) {
        if (!app.apps.open(opened)) return say(getString(R.string.cannot_open, opened.label))
        attempt(app.scope) { app.record { Event.launch(opened.item, context = it, slot = slot) } }
    }

    private fun isLocked() = checkNotNull(getSystemService(KeyguardManager::class.java)).isKeyguardLocked

    /** All apps. Icons come when a cell is first seen. */
    private inner class AppsAdapter : BaseAdapter() {
        var apps: List<LaunchableApp> = emptyList()
            set(value) {
                field = value
                notifyDataSetChanged()
            }

        override fun getCount() = apps.size

        override fun getItem(position: Int) = apps[position]

        override fun getItemId(position: Int) = position.toLong()

        override fun getView(position: Int, convertView: View?, parent: ViewGroup): View {
            val view = convertView ?: layoutInflater.inflate(R.layout.app, parent, false)
            val shown = apps[position]
            view.part<TextView>(R.id.label).text = shown.label
            showIcon(view.part(R.id.icon), shown)
            view.contentDescription = shown.label
            view.setOnClickListener { open(shown, null) }
            view.setOnLongClickListener {
                AppSheet(this@HomeActivity, app).show(shown, null)
                true
            }
            return view
        }
    }

    private companion object {
        val NS_PER_MS = TimeUnit.MILLISECONDS.toNanos(1).toDouble()
    }
}
