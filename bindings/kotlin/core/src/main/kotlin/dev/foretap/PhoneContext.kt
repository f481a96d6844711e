package dev.foretap


/**
 * What is known of the phone's surroundings at a moment. Everything is optional; unknown stays unknown.
 *
 * @property place an opaque place of at most 64 bytes, such as the city bucket of [Pseudonyms.place].
 * @property label what the place means to the person, where the host knows.
 * @property network the kind of connection.
 * @property accessPoint an opaque name of the Wi-Fi access point, as of [Pseudonyms.token]; at most 64 bytes.
 * @property battery the battery's category.
 * @property audio where sound goes.
 */
public data class PhoneContext(
    val place: String? = null,
    val label: PlaceLabel? = null,
    val network: Network? = null,
    val accessPoint: String? = null,
    val battery: Battery? = null,
    val audio: Audio? = null,
) {
    public companion object {
        /** Nothing is known. */
        public val UNKNOWN: PhoneContext = PhoneContext()
    }
}
