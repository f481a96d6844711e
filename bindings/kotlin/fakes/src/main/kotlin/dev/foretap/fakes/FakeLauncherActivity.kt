package dev.foretap.fakes

import android.content.pm.LauncherActivityInfo
import android.graphics.Canvas
import android.graphics.Color
import android.graphics.ColorFilter
import android.graphics.Paint
import android.graphics.PixelFormat
import android.graphics.drawable.Drawable
import org.robolectric.annotation.Implementation
import org.robolectric.annotation.Implements
import org.robolectric.annotation.RealObject

/** Names and icons of the apps of [FakeLauncherApps], which have no resources to find them in. */
@Implements(LauncherActivityInfo::class)
public class FakeLauncherActivity {
    @RealObject
    private lateinit var activity: LauncherActivityInfo

    private val name get() = activity.componentName.packageName

    /** The app's name; empty for one that is gone. */
    @Implementation
    public fun getLabel(): CharSequence = FakeLauncherApps.installed[activity.user to name].orEmpty()

    /** The first letter of its name, after [FakeLauncherApps.beforeIcon]. */
    @Implementation
    @Suppress("UNUSED_PARAMETER") // The signature is Android's.
    public fun getBadgedIcon(density: Int): Drawable {
        FakeLauncherApps.beforeIcon(name)
        return LetterIcon(getLabel().toString())
    }
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
