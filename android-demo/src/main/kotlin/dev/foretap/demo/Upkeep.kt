package dev.foretap.demo

import android.app.job.JobInfo
import android.app.job.JobParameters
import android.app.job.JobScheduler
import android.app.job.JobService
import android.content.ComponentName
import android.content.Context
import dev.foretap.ForetapException
import kotlinx.coroutines.Job
import kotlinx.coroutines.launch
import java.util.concurrent.TimeUnit

/** Once a day, while the phone is idle and charges: what is no longer to be kept is deleted, and a snapshot written. */
internal class Upkeep : JobService() {
    private var work: Job? = null

    override fun onStartJob(parameters: JobParameters): Boolean {
        val app = application as App
        work = app.scope.launch { jobFinished(parameters, mustRepeat(app)) }
        return true
    }

    override fun onStopJob(parameters: JobParameters): Boolean {
        work?.cancel()
        return true
    }

    private suspend fun mustRepeat(app: App): Boolean = try {
        app.foretap().maintain()
        false
    } catch (_: ForetapException.Transient) {
        true
    } catch (_: ForetapException.KeyUnavailable) {
        true
    } catch (_: ForetapException) {
        // The home screen shows it.
        false
    }

    companion object {
        private const val ID = 1

        /** Asks the system for it, once for all. */
        fun schedule(context: Context) {
            val scheduler = checkNotNull(context.getSystemService(JobScheduler::class.java))
            if (scheduler.getPendingJob(ID) != null) return
            scheduler.schedule(
                JobInfo
                    .Builder(ID, ComponentName(context, Upkeep::class.java))
                    .setPeriodic(TimeUnit.DAYS.toMillis(1))
                    .setRequiresDeviceIdle(true)
                    .setRequiresCharging(true)
                    .build(),
            )
        }
    }
}
