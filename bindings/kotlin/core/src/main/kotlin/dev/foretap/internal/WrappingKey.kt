package dev.foretap.internal

import android.os.Build
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyProperties
import android.security.keystore.StrongBoxUnavailableException
import java.security.GeneralSecurityException
import java.security.KeyStore
import java.security.ProviderException
import javax.crypto.Cipher
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey
import javax.crypto.spec.GCMParameterSpec

/**
 * An AES-256 key that never leaves the Android Keystore (StrongBox where there is one), and wraps others with GCM.
 *
 * It is not bound to a lock screen: a launcher ranks before the first unlock of the day is over, and a person who
 * removes the lock screen would lose the log.
 */
internal class WrappingKey(name: String, generation: Int) {
    private val alias = "$name.$generation"

    /** The initialisation vector, then the wrapped bytes with their tag. Makes the key if there is none. */
    fun wrap(bytes: ByteArray): ByteArray {
        val cipher = Cipher.getInstance(TRANSFORMATION)
        cipher.init(Cipher.ENCRYPT_MODE, keyOf(alias) ?: make(alias))
        return cipher.iv + cipher.doFinal(bytes)
    }

    /**
     * What was wrapped.
     *
     * @throws KeyMissingException if the keystore says that it has no such key.
     */
    fun unwrap(wrapped: ByteArray): ByteArray {
        val key = keyOf(alias) ?: throw KeyMissingException()
        val cipher = Cipher.getInstance(TRANSFORMATION)
        cipher.init(Cipher.DECRYPT_MODE, key, GCMParameterSpec(TAG_BITS, wrapped, 0, IV_BYTES))
        return cipher.doFinal(wrapped, IV_BYTES, wrapped.size - IV_BYTES)
    }

    /** Removes it from the keystore. */
    fun erase(): Unit = keystore().deleteEntry(alias)

    companion object {
        /** The length of an initialisation vector of GCM, in bytes. */
        const val IV_BYTES: Int = 12

        /** The length of GCM's tag, in bytes. */
        const val TAG_BYTES: Int = 16

        private const val KEYSTORE = "AndroidKeyStore"
        private const val TRANSFORMATION = "AES/GCM/NoPadding"
        private const val KEY_BITS = 256
        private const val TAG_BITS = TAG_BYTES * 8

        /** Removes the keys of this name of every generation: those of a rotation that was cut short too. */
        fun eraseAll(name: String) {
            val keystore = keystore()
            val isOurs = Regex(Regex.escape(name) + "\\.\\d+")
            keystore.aliases().toList().filter(isOurs::matches).forEach(keystore::deleteEntry)
        }

        /**
         * Whether the keystore makes a key and gives it back. One that does not, because it is restarting, says of
         * every key that there is none.
         */
        fun isKeystoreHealthy(name: String): Boolean = try {
            val probe = "$name.probe"
            make(probe)
            (keyOf(probe) != null).also { keystore().deleteEntry(probe) }
        } catch (_: GeneralSecurityException) {
            false
        } catch (_: ProviderException) {
            false
        }

        private fun keyOf(alias: String) = keystore().getKey(alias, null) as SecretKey?

        private fun make(alias: String): SecretKey {
            if (Build.VERSION.SDK_INT < Build.VERSION_CODES.P) return generate(specification(alias).build())
            return try {
                generate(specification(alias).setIsStrongBoxBacked(true).build())
            } catch (_: StrongBoxUnavailableException) {
                generate(specification(alias).build())
            }
        }

        private fun specification(alias: String) = KeyGenParameterSpec
            .Builder(alias, KeyProperties.PURPOSE_ENCRYPT or KeyProperties.PURPOSE_DECRYPT)
            .setBlockModes(KeyProperties.BLOCK_MODE_GCM)
            .setEncryptionPaddings(KeyProperties.ENCRYPTION_PADDING_NONE)
            .setKeySize(KEY_BITS)

        private fun generate(specification: KeyGenParameterSpec): SecretKey = KeyGenerator
            .getInstance(
                KeyProperties.KEY_ALGORITHM_AES,
                KEYSTORE,
            ).apply { init(specification) }
            .generateKey()

        private fun keystore() = KeyStore.getInstance(KEYSTORE).apply { load(null) }
    }
}
