package dev.foretap


/** Who keeps the keys of a log: the Android Keystore on a phone, something else in tests and on servers. */
public interface KeyProvider {
    /**
     * The keys; new ones if there never were any.
     *
     * @throws ForetapException.KeyUnavailable if they cannot be had now.
     * @throws ForetapException.KeyLost if they cannot be had any more. Nothing was deleted.
     */
    public fun load(): LogKeys

    /** Forgets the keys for good. What they opened stays closed. */
    public fun erase()
}
