package dev.foretap.internal

import android.os.Build
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyProperties
import android.security.keystore.StrongBoxUnavailableException
import java.security.KeyStore
import javax.crypto.Cipher
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey
import javax.crypto.spec.GCMParameterSpec

/**
 * An AES-256 key that never leaves the Android Keystore (StrongBox where there is one), and wraps others with GCM.
 *
 * It is not bound to a lock screen: a launcher ranks before the first unlock of the day is over, and a person who removes
 * the lock screen would lose the log.
 */
internal class WrappingKey(private val alias: String) {
    /** The initialisation vector, then the wrapped bytes with their tag. Makes the key if there is none. */
    fun wrap(bytes: ByteArray): ByteArray {
        val cipher = Cipher.getInstance(TRANSFORMATION)
        cipher.init(Cipher.ENCRYPT_MODE, key() ?: make())
        return cipher.iv + cipher.doFinal(bytes)
    }

    /** What was wrapped; `null` if the keystore has no such key any more. */
    fun unwrap(wrapped: ByteArray): ByteArray? {
        val key = key() ?: return null
        val cipher = Cipher.getInstance(TRANSFORMATION)
        cipher.init(Cipher.DECRYPT_MODE, key, GCMParameterSpec(TAG_BITS, wrapped, 0, IV_BYTES))
        return cipher.doFinal(wrapped, IV_BYTES, wrapped.size - IV_BYTES)
    }

    /** Removes it from the keystore. */
    fun erase(): Unit = keystore().deleteEntry(alias)

    private fun key() = keystore().getKey(alias, null) as SecretKey?

    private fun make(): SecretKey {
        if (Build.VERSION.SDK_INT < Build.VERSION_CODES.P) return generate(specification().build())
        return try {
            generate(specification().setIsStrongBoxBacked(true).build())
        } catch (_: StrongBoxUnavailableException) {
            generate(specification().build())
        }
    }

    private fun specification() =
        KeyGenParameterSpec.Builder(alias, KeyProperties.PURPOSE_ENCRYPT or KeyProperties.PURPOSE_DECRYPT)
            .setBlockModes(KeyProperties.BLOCK_MODE_GCM)
            .setEncryptionPaddings(KeyProperties.ENCRYPTION_PADDING_NONE)
            .setKeySize(KEY_BITS)

    private fun generate(specification: KeyGenParameterSpec): SecretKey =
        KeyGenerator.getInstance(KeyProperties.KEY_ALGORITHM_AES, KEYSTORE).apply { init(specification) }.generateKey()

    companion object {
        /** The length of an initialisation vector of GCM, in bytes. */
        const val IV_BYTES: Int = 12

        /** The length of GCM's tag, in bytes. */
        const val TAG_BYTES: Int = 16

        /** Removes every key whose alias begins so: those of a rotation that was cut short too. */
        fun eraseAll(prefix: String) {
            val keystore = keystore()
            keystore.aliases().toList().filter { it.startsWith(prefix) }.forEach(keystore::deleteEntry)
        }

        private fun keystore() = KeyStore.getInstance(KEYSTORE).apply { load(null) }

        private const val KEYSTORE = "AndroidKeyStore"
        private const val TRANSFORMATION = "AES/GCM/NoPadding"
        private const val KEY_BITS = 256
        private const val TAG_BITS = TAG_BYTES * 8
    }
}
