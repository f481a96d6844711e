package dev.foretap.unlock


import android.telephony.TelephonyManager
import dev.foretap.Network

private val THREE_G = setOf(
    TelephonyManager.NETWORK_TYPE_UMTS,
    TelephonyManager.NETWORK_TYPE_EVDO_0,
    TelephonyManager.NETWORK_TYPE_EVDO_A,
    TelephonyManager.NETWORK_TYPE_EVDO_B,
    TelephonyManager.NETWORK_TYPE_EHRPD,
    TelephonyManager.NETWORK_TYPE_HSDPA,
    TelephonyManager.NETWORK_TYPE_HSUPA,
    TelephonyManager.NETWORK_TYPE_HSPA,
    TelephonyManager.NETWORK_TYPE_HSPAP,
    TelephonyManager.NETWORK_TYPE_TD_SCDMA,
)

/** The generation of a mobile network of one of [TelephonyManager]'s types. Older ones than the third count as unknown. */
internal fun generationOf(networkType: Int): Network = when (networkType) {
    TelephonyManager.NETWORK_TYPE_NR -> Network.FIVE_G
    TelephonyManager.NETWORK_TYPE_LTE, TelephonyManager.NETWORK_TYPE_IWLAN -> Network.FOUR_G
    in THREE_G -> Network.THREE_G
    else -> Network.CELLULAR
}
