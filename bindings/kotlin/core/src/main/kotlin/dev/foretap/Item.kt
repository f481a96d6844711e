package dev.foretap


/**
 * Something the person can open: an app for a launcher, an action ("reorder", "open tickets") inside an app.
 *
 * The same id in two profiles is two items.
 *
 * @property id 1 to 256 bytes of UTF-8 without control characters.
 * @property profile 0 for the main profile, else the number of a work or private one.
 * @throws ForetapException.InvalidArgument if the profile is below 0. The id is checked when the item is first used.
 */
public data class Item(val id: String, val profile: Int = 0) {
    init {
        if (profile < 0) throw ForetapException.InvalidArgument("a profile is 0 or above")
    }
}
