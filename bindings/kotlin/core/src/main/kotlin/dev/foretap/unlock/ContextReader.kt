package dev.foretap.unlock


import android.Manifest
import android.content.Context
import android.content.pm.PackageManager
import android.content.res.Configuration
import android.location.LocationManager
import android.media.AudioDeviceInfo
import android.media.AudioManager
import android.net.ConnectivityManager
import android.net.NetworkCapabilities
import android.os.BatteryManager
import android.os.Build
import android.os.SystemClock
import android.telephony.TelephonyManager
import dev.foretap.Audio
import dev.foretap.Battery
import dev.foretap.Granularity
import dev.foretap.Network
import dev.foretap.PhoneContext
import dev.foretap.Pseudonyms
import java.util.concurrent.TimeUnit

/**
 * Reads the phone's surroundings, as far as the app may: it asks for no permission, and what it is not allowed to read
 * stays unknown.
 *
 * | what | needs |
 * | --- | --- |
 * | battery, audio | nothing |
 * | network | ACCESS_NETWORK_STATE; its generation READ_BASIC_PHONE_STATE or READ_PHONE_STATE |
 * | place | ACCESS_COARSE_LOCATION; only a position that the phone has anyway, at most an hour old, and of it only the city |
 *
 * A position becomes a city bucket under this phone's secret before it goes anywhere.
 */
public class ContextReader(context: Context, private val pseudonyms: Pseudonyms) {
    private val context = context.applicationContext

    /** What is known now. Some system calls, about a millisecond; may be called from any thread. */
    public fun read(): PhoneContext = PhoneContext(
        place = unlessRefused { place() },
        network = unlessRefused { network() },
        battery = unlessRefused { battery() },
        audio = unlessRefused { audio() },
    )

    private fun battery(): Battery? {
        val manager = context.getSystemService(BatteryManager::class.java) ?: return null
        val percent = manager.getIntProperty(BatteryManager.BATTERY_PROPERTY_CAPACITY)
        // A phone that does not know says the smallest number.
        return if (percent in PERCENT) Battery.ofPercent(percent, manager.isCharging) else null
    }

    private fun network(): Network? {
        if (!isGranted(Manifest.permission.ACCESS_NETWORK_STATE)) return null
        val manager = context.getSystemService(ConnectivityManager::class.java) ?: return null
        val capabilities = manager.getNetworkCapabilities(manager.activeNetwork ?: return Network.OFFLINE)
        return when {
            capabilities == null -> Network.OFFLINE
            capabilities.hasTransport(NetworkCapabilities.TRANSPORT_WIFI) -> Network.WIFI
            capabilities.hasTransport(NetworkCapabilities.TRANSPORT_CELLULAR) -> generation()
            else -> null
        }
    }

    private fun generation(): Network {
        val isAllowed = isGranted(Manifest.permission.READ_PHONE_STATE) ||
            (Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU && isGranted(READ_BASIC_PHONE_STATE))
        val telephony = context.getSystemService(TelephonyManager::class.java)
        return if (isAllowed && telephony != null) generationOf(telephony.dataNetworkType) else Network.CELLULAR
    }

    private fun place(): String? {
        if (!isGranted(Manifest.permission.ACCESS_COARSE_LOCATION)) return null
        val manager = context.getSystemService(LocationManager::class.java) ?: return null
        val position = manager.getProviders(true)
            .mapNotNull { unlessRefused { manager.getLastKnownLocation(it) } }
            .maxByOrNull { it.elapsedRealtimeNanos }
            ?.takeIf { SystemClock.elapsedRealtimeNanos() - it.elapsedRealtimeNanos <= OLDEST_POSITION_NS }
        return position?.let { pseudonyms.place(it.latitude, it.longitude, Granularity.CITY) }
    }

    private fun audio(): Audio? {
        val mode = context.resources.configuration.uiMode and Configuration.UI_MODE_TYPE_MASK
        if (mode == Configuration.UI_MODE_TYPE_CAR) return Audio.CAR
        val manager = context.getSystemService(AudioManager::class.java) ?: return null
        val types = manager.getDevices(AudioManager.GET_DEVICES_OUTPUTS).map { it.type }
        return when {
            types.any { it in HEADPHONES } -> Audio.HEADPHONES
            types.any { it in SPEAKERS } -> Audio.SPEAKER
            else -> Audio.PHONE
        }
    }

    private fun isGranted(permission: String) =
        context.checkSelfPermission(permission) == PackageManager.PERMISSION_GRANTED

    /** A phone can refuse what it has granted, and a service of the system can be down. */
    private inline fun <T> unlessRefused(read: () -> T?): T? = try {
        read()
    } catch (_: SecurityException) {
        null
    } catch (_: IllegalStateException) {
        null
    }

    private companion object {
        /** Of API 33. */
        const val READ_BASIC_PHONE_STATE = "android.permission.READ_BASIC_PHONE_STATE"
        val PERCENT = 0..100
        val OLDEST_POSITION_NS = TimeUnit.HOURS.toNanos(1)

        /** What is worn. Bluetooth does not say more; a car that is connected is known by the car mode. */
        val HEADPHONES = setOf(
            AudioDeviceInfo.TYPE_WIRED_HEADSET,
            AudioDeviceInfo.TYPE_WIRED_HEADPHONES,
            AudioDeviceInfo.TYPE_USB_HEADSET,
            AudioDeviceInfo.TYPE_BLUETOOTH_A2DP,
            AudioDeviceInfo.TYPE_HEARING_AID,
            AudioDeviceInfo.TYPE_BLE_HEADSET,
        )
        val SPEAKERS = setOf(
            AudioDeviceInfo.TYPE_HDMI,
            AudioDeviceInfo.TYPE_LINE_ANALOG,
            AudioDeviceInfo.TYPE_LINE_DIGITAL,
            AudioDeviceInfo.TYPE_DOCK,
            AudioDeviceInfo.TYPE_BLE_SPEAKER,
        )
    }
}
