package dev.foretap.usage

import android.Manifest
import android.app.AppOpsManager
import android.content.Context
import android.content.Intent
import android.content.pm.PackageManager
import android.net.Uri
import android.os.Build
import android.os.Process
import android.provider.Settings

/**
 * Whether the person lets this app read the phone's usage log. There is no dialogue for it: the person switches it on
 * in the settings, and can switch it off at any time.
 *
 * ```
 * val access = UsageAccess(context)
 * if (!access.isGranted) access.settings()?.let(context::startActivity)
 * ```
 */
public class UsageAccess(context: Context) {
    private val context = context.applicationContext

    /** Whether the log can be read now. Worth asking again whenever the app comes to the front. */
    public val isGranted: Boolean
        get() =
            when (mode()) {
                AppOpsManager.MODE_ALLOWED -> {
                    true
                }

                // Nobody decided: an app of the system can have it by its signature.
                AppOpsManager.MODE_DEFAULT -> {
                    context.checkSelfPermission(Manifest.permission.PACKAGE_USAGE_STATS) ==
                        PackageManager.PERMISSION_GRANTED
                }

                else -> {
                    false
                }
            }

    /**
     * The screen on which the person can grant it, from the nearest to the most general that this phone has: this
     * app's switch, the list of apps, this app's page, the settings. `null` if it has none of them: say so, there is
     * no way.
     *
     * Starts as a task of its own, so that any context can start it.
     */
    public fun settings(): Intent? {
        val app = Uri.fromParts("package", context.packageName, null)
        val screens =
            listOf(
                Intent(Settings.ACTION_USAGE_ACCESS_SETTINGS, app),
                Intent(Settings.ACTION_USAGE_ACCESS_SETTINGS),
                Intent(Settings.ACTION_APPLICATION_DETAILS_SETTINGS, app),
                Intent(Settings.ACTION_SETTINGS),
            )
        val screen = screens.find { it.resolveActivity(context.packageManager) != null }
        return screen?.addFlags(Intent.FLAG_ACTIVITY_NEW_TASK)
    }

    private fun mode(): Int {
        val operations = context.systemService<AppOpsManager>()
        val (operation, uid, name) = Triple(AppOpsManager.OPSTR_GET_USAGE_STATS, Process.myUid(), context.packageName)
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.Q) return operations.unsafeCheckOpNoThrow(operation, uid, name)
        @Suppress("DEPRECATION") // Its successor is of API 29.
        return operations.checkOpNoThrow(operation, uid, name)
    }
}
