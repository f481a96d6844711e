package dev.foretap.demo

import android.content.ActivityNotFoundException
import android.content.ComponentName
import android.content.Context
import android.content.pm.ActivityInfo
import android.content.pm.ApplicationInfo
import android.content.pm.LauncherActivityInfo
import android.content.pm.LauncherApps
import android.graphics.Canvas
import android.graphics.Color
import android.graphics.ColorFilter
import android.graphics.Paint
import android.graphics.PixelFormat
import android.graphics.Rect
import android.graphics.drawable.Drawable
import android.os.Build
import android.os.Bundle
import android.os.UserHandle
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Implementation
import org.robolectric.annotation.Implements
import org.robolectric.annotation.RealObject
import org.robolectric.shadows.ShadowLauncherApps
import org.robolectric.util.ReflectionHelpers
import org.robolectric.util.ReflectionHelpers.ClassParameter

/** The phone's launcher service as the tests set it. */
@Implements(LauncherApps::class)
class FakeLauncherApps : ShadowLauncherApps() {
    @Implementation
    public override fun getActivityList(name: String?, user: UserHandle): List<LauncherActivityInfo> =
        installed.keys.map { info(it, user) }

    @Implementation
    @Suppress("UNUSED_PARAMETER") // The signature is Android's.
    fun startMainActivity(component: ComponentName, user: UserHandle, bounds: Rect?, options: Bundle?) {
        if (component.packageName !in installed) throw ActivityNotFoundException()
        started += component.packageName
    }

    private fun info(id: String, user: UserHandle): LauncherActivityInfo {
        val activity =
            ActivityInfo().apply {
                packageName = id
                name = "$id.Main"
                applicationInfo = ApplicationInfo().apply { packageName = id }
            }
        if (Build.VERSION.SDK_INT < Build.VERSION_CODES.S) {
            return ReflectionHelpers.callConstructor(
                LauncherActivityInfo::class.java,
                ClassParameter.from(Context::class.java, RuntimeEnvironment.getApplication()),
                ClassParameter.from(ActivityInfo::class.java, activity),
                ClassParameter.from(UserHandle::class.java, user),
            )
        }
        val states = Class.forName("android.content.pm.IncrementalStatesInfo")
        val internal = Class.forName("android.content.pm.LauncherActivityInfoInternal")
        val inner =
            ReflectionHelpers.callConstructor(
                internal,
                ClassParameter.from(ActivityInfo::class.java, activity),
                ClassParameter(states, null),
                ClassParameter.from(UserHandle::class.java, user),
            )
        return ReflectionHelpers.callConstructor(
            LauncherActivityInfo::class.java,
            ClassParameter.from(Context::class.java, RuntimeEnvironment.getApplication()),
            ClassParameter(internal, inner),
        )
    }

    companion object {
        /** Ids and names of the apps that can be opened. */
        val installed = mutableMapOf<String, String>()

        /** What was opened. */
        val started = mutableListOf<String>()

        fun clear() {
            installed.clear()
            started.clear()
        }
    }
}

/** Names and icons, of which a test's apps have none. */
@Implements(LauncherActivityInfo::class)
class FakeLauncherActivity {
    @RealObject
    private lateinit var activity: LauncherActivityInfo

    private val label get() = FakeLauncherApps.installed[activity.componentName.packageName].orEmpty()

    @Implementation
    fun getLabel(): CharSequence = label

    @Implementation
    @Suppress("UNUSED_PARAMETER") // The signature is Android's.
    fun getBadgedIcon(density: Int): Drawable = LetterIcon(label)
}

/** The first letter of a name on a colour of its own. */
private class LetterIcon(private val name: String) : Drawable() {
    private val paint = Paint(Paint.ANTI_ALIAS_FLAG)

    override fun draw(canvas: Canvas) {
        val side = bounds.width().toFloat()
        paint.color = Color.HSVToColor(floatArrayOf(Math.floorMod(name.hashCode() * 47, 360).toFloat(), 0.5f, 0.72f))
        canvas.drawRoundRect(0f, 0f, side, side, side * 0.28f, side * 0.28f, paint)
        paint.color = Color.WHITE
        paint.textAlign = Paint.Align.CENTER
        paint.textSize = side * 0.5f
        canvas.drawText(name.take(1), side / 2, side * 0.68f, paint)
    }

    override fun setAlpha(alpha: Int) = Unit

    override fun setColorFilter(filter: ColorFilter?) = Unit

    @Deprecated("Deprecated in Android")
    override fun getOpacity() = PixelFormat.TRANSLUCENT
}
