package dev.foretap

import dev.foretap.internal.ffi.hashDeviceId
import dev.foretap.internal.ffi.hashLocation
import dev.foretap.internal.ffi.hashUserId
import dev.foretap.internal.ffi.pseudonymToken
import dev.foretap.internal.native
import dev.foretap.internal.typed

/**
 * Opaque names for what must not be stored as it is, under a secret of this phone. Hashing is not anonymity: whoever
 * has the secret can try every city.
 *
 * Every function throws [ForetapException.InvalidArgument] for a secret of another length, and
 * [ForetapException.NoLibrary] if this build has no native library for this phone.
 *
 * @param secret 32 random bytes that never leave the device.
 */
public class Pseudonyms(secret: ByteArray) {
    private val secret = secret.copyOf()

    /**
     * The cell of the map that a position lies in, such as `city_214`, for [PhoneContext.place].
     *
     * @param latitude degrees, -90 to 90.
     * @param longitude degrees, -180 to 180.
     * @throws ForetapException.InvalidArgument if the position is not on earth.
     */
    public fun place(latitude: Double, longitude: Double, granularity: Granularity = Granularity.CITY): String =
        typed { hashLocation(secret, latitude, longitude, granularity.native()) }

    /** An opaque name for [text], such as a Wi-Fi access point's; [label] names the purpose. 32 hexadecimal digits. */
    public fun token(label: String, text: String): String = typed { pseudonymToken(secret, label, text) }

    /** The pseudonym of a user id, 64 hexadecimal digits. */
    public fun userId(id: String): String = typed { hashUserId(secret, id) }

    /** The pseudonym of a device id, 64 hexadecimal digits. */
    public fun deviceId(id: String): String = typed { hashDeviceId(secret, id) }
}
