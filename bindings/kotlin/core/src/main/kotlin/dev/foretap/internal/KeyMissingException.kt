package dev.foretap.internal

import java.security.GeneralSecurityException

/** The keystore answered, and has no key of the name. */
internal class KeyMissingException : GeneralSecurityException("the keystore has no such key")
