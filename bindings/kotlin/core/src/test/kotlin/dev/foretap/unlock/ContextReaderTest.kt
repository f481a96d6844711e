package dev.foretap.unlock

import android.Manifest
import android.content.Context
import android.location.Location
import android.location.LocationManager
import android.media.AudioDeviceInfo
import android.media.AudioManager
import android.net.ConnectivityManager
import android.net.NetworkCapabilities
import android.os.BatteryManager
import android.os.SystemClock
import android.telephony.TelephonyManager
import dev.foretap.Audio
import dev.foretap.Battery
import dev.foretap.Network
import dev.foretap.Pseudonyms
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.shadows.AudioDeviceInfoBuilder
import org.robolectric.shadows.ShadowNetworkCapabilities
import kotlin.test.assertEquals
import kotlin.test.assertNull

// Robolectric has no other way to set an old position.
@Suppress("DEPRECATION")
@RunWith(RobolectricTestRunner::class)
class ContextReaderTest {
    private val context: Context = RuntimeEnvironment.getApplication()
    private val pseudonyms = Pseudonyms(ByteArray(32) { 3 })
    private val reader = ContextReader(context, pseudonyms)

    @Test
    fun `the battery is one of four categories`() {
        val battery = shadowOf(context.getSystemService(BatteryManager::class.java))
        for ((percent, isCharging, expected) in listOf(
            Triple(100, false, Battery.HIGH),
            Triple(51, false, Battery.HIGH),
            Triple(50, false, Battery.MEDIUM),
            Triple(20, false, Battery.MEDIUM),
            Triple(19, false, Battery.LOW),
            Triple(5, true, Battery.CHARGING),
        )) {
            battery.setIntProperty(BatteryManager.BATTERY_PROPERTY_CAPACITY, percent)
            battery.setIsCharging(isCharging)
            assertEquals(expected, reader.read().battery)
        }
        battery.setIntProperty(BatteryManager.BATTERY_PROPERTY_CAPACITY, Int.MIN_VALUE)
        assertNull(reader.read().battery)
    }

    @Test
    fun `without a permission network and place stay unknown`() {
        shadowOf(RuntimeEnvironment.getApplication()).denyPermissions(Manifest.permission.ACCESS_NETWORK_STATE)
        locate(52.52, 13.405)
        val read = reader.read()
        assertNull(read.network)
        assertNull(read.place)
    }

    @Test
    fun `the network is told apart as far as the app may`() {
        grant(Manifest.permission.ACCESS_NETWORK_STATE)
        connect(NetworkCapabilities.TRANSPORT_WIFI)
        assertEquals(Network.WIFI, reader.read().network)
        connect(NetworkCapabilities.TRANSPORT_CELLULAR)
        assertEquals(Network.CELLULAR, reader.read().network)
        grant(Manifest.permission.READ_PHONE_STATE)
        val telephony = shadowOf(context.getSystemService(TelephonyManager::class.java))
        for ((type, expected) in mapOf(
            TelephonyManager.NETWORK_TYPE_NR to Network.FIVE_G,
            TelephonyManager.NETWORK_TYPE_LTE to Network.FOUR_G,
            TelephonyManager.NETWORK_TYPE_HSPAP to Network.THREE_G,
            TelephonyManager.NETWORK_TYPE_EDGE to Network.CELLULAR,
            TelephonyManager.NETWORK_TYPE_UNKNOWN to Network.CELLULAR,
        )) {
            telephony.setDataNetworkType(type)
            assertEquals(expected, reader.read().network)
        }
        shadowOf(context.getSystemService(ConnectivityManager::class.java)).setDefaultNetworkActive(false)
        shadowOf(context.getSystemService(ConnectivityManager::class.java)).setActiveNetworkInfo(null)
        assertEquals(Network.OFFLINE, reader.read().network)
    }

    @Test
    fun `a place is the city bucket of a fresh position, and of an old one nothing`() {
        grant(Manifest.permission.ACCESS_COARSE_LOCATION)
        locate(52.52, 13.405)
        assertEquals(pseudonyms.place(52.52, 13.405), reader.read().place)
        locate(52.52, 13.405, ageMs = 61 * 60_000L)
        assertNull(reader.read().place)
    }

    @Test
    fun `sound goes to the phone, to headphones, to a speaker, to a car`() {
        val audio = shadowOf(context.getSystemService(AudioManager::class.java))
        audio.setOutputDevices(emptyList())
        assertEquals(Audio.PHONE, reader.read().audio)
        for ((type, expected) in mapOf(
            AudioDeviceInfo.TYPE_BUILTIN_SPEAKER to Audio.PHONE,
            AudioDeviceInfo.TYPE_WIRED_HEADPHONES to Audio.HEADPHONES,
            AudioDeviceInfo.TYPE_BLUETOOTH_A2DP to Audio.HEADPHONES,
            AudioDeviceInfo.TYPE_HDMI to Audio.SPEAKER,
        )) {
            audio.setOutputDevices(listOf(AudioDeviceInfoBuilder.newBuilder().setType(type).build()))
            assertEquals(expected, reader.read().audio)
        }
        RuntimeEnvironment.setQualifiers("+car")
        assertEquals(Audio.CAR, reader.read().audio)
    }

    private fun grant(permission: String) = shadowOf(RuntimeEnvironment.getApplication()).grantPermissions(permission)

    private fun connect(transport: Int) {
        val manager = checkNotNull(context.getSystemService(ConnectivityManager::class.java))
        val capabilities = ShadowNetworkCapabilities.newInstance()
        shadowOf(capabilities).addTransportType(transport)
        shadowOf(manager).setNetworkCapabilities(manager.activeNetwork, capabilities)
    }

    private fun locate(latitude: Double, longitude: Double, ageMs: Long = 0) {
        val position = Location(LocationManager.NETWORK_PROVIDER).apply {
            this.latitude = latitude
            this.longitude = longitude
            accuracy = 100f
            time = System.currentTimeMillis() - ageMs
            elapsedRealtimeNanos = SystemClock.elapsedRealtimeNanos() - ageMs * 1_000_000
        }
        val manager = shadowOf(context.getSystemService(LocationManager::class.java))
        manager.setProviderEnabled(LocationManager.NETWORK_PROVIDER, true)
        manager.setLastKnownLocation(LocationManager.NETWORK_PROVIDER, position)
    }
}
