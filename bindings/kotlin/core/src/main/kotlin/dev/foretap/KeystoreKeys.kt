package dev.foretap

import android.util.AtomicFile
import dev.foretap.internal.WrappingKey
import java.io.File
import java.io.IOException
import java.security.GeneralSecurityException
import java.security.ProviderException
import java.security.SecureRandom
import java.security.UnrecoverableKeyException
import javax.crypto.AEADBadTagException

/**
 * Keeps a log's keys in a file that only the Android Keystore of this phone can open.
 *
 * The file holds one byte of format, the generation of the wrapping key, and the wrapped keys. It belongs where no backup
 * takes it ([android.content.Context.getNoBackupFilesDir]): on another phone nobody could open it.
 *
 * Nothing is deleted because of an error of the keystore, which some phones give now and then: every answer is asked for
 * three times, and what remains is [ForetapException.KeyUnavailable] or, where the keystore says that the key is gone,
 * [ForetapException.KeyLost].
 *
 * @param file where the wrapped keys lie; the folder is made if it is missing.
 * @param alias the name of the wrapping key in the Android Keystore, without the generation.
 */
public class KeystoreKeys(private val file: File, private val alias: String = "foretap") : KeyProvider {
    private val kept = AtomicFile(file)
    private val random = SecureRandom()

    override fun load(): LogKeys = synchronized(this) {
        if (!exists()) return@synchronized make()
        val (generation, wrapped) = read()
        patiently { keysOf(unwrapped(generation, wrapped)) }
    }

    /**
     * Wraps the keys with a new key of the keystore and removes the old one. The log's own key stays: to change that one,
     * export, [erase][Foretap.erase] and import.
     *
     * @throws ForetapException as [load]; then the old wrapping key goes on to be used.
     */
    public fun rotate(): Unit = synchronized(this) {
        if (!exists()) return@synchronized
        val (generation, wrapped) = read()
        val next = (generation + 1) % GENERATIONS
        patiently {
            val bytes = unwrapped(generation, wrapped)
            write(next, wrappingKey(next).wrap(bytes))
            bytes.fill(0)
        }
        runCatching { wrappingKey(generation).erase() }
    }

    override fun erase(): Unit = synchronized(this) {
        kept.delete()
        patiently { WrappingKey.eraseAll("$alias.") }
    }

    /** Also where a write was cut short: the backup of it is the file then. */
    private fun exists() = kept.baseFile.exists() || File("${file.path}.bak").exists()

    private fun wrappingKey(generation: Int) = WrappingKey("$alias.$generation")

    private fun make(): LogKeys = patiently {
        file.absoluteFile.parentFile?.mkdirs()
        val bytes = ByteArray(PLAIN_BYTES).also(random::nextBytes)
        write(0, wrappingKey(0).wrap(bytes))
        keysOf(bytes)
    }

    private fun unwrapped(generation: Int, wrapped: ByteArray): ByteArray =
        wrappingKey(generation).unwrap(wrapped) ?: throw UnrecoverableKeyException("the keystore has no such key")

    private fun keysOf(bytes: ByteArray): LogKeys {
        val saltFrom = LogKeys.KEY_BYTES
        val secretFrom = saltFrom + LogKeys.SALT_BYTES
        val keys = LogKeys(
            bytes.copyOfRange(0, saltFrom),
            bytes.copyOfRange(saltFrom, secretFrom),
            bytes.copyOfRange(secretFrom, bytes.size),
        )
        bytes.fill(0)
        return keys
    }

    private fun read(): Pair<Int, ByteArray> {
        val bytes = try {
            kept.readFully()
        } catch (exception: IOException) {
            throw ForetapException.KeyUnavailable("the file of keys cannot be read now", exception)
        }
        val isKnown = bytes.size == FILE_BYTES && bytes[0] == FORMAT && bytes[1] in 0 until GENERATIONS
        if (!isKnown) throw ForetapException.KeyLost("the file of keys is damaged (nothing was deleted)", null)
        return bytes[1].toInt() to bytes.copyOfRange(HEADER_BYTES, bytes.size)
    }

    private fun write(generation: Int, wrapped: ByteArray) {
        val stream = kept.startWrite()
        try {
            stream.write(byteArrayOf(FORMAT, generation.toByte()) + wrapped)
            kept.finishWrite(stream)
        } catch (exception: IOException) {
            kept.failWrite(stream)
            throw exception
        }
    }

    /** Asks up to three times, and says then what a host can act on. */
    private fun <T> patiently(work: () -> T): T {
        var failure: Exception? = null
        repeat(TRIES) { tried ->
            if (tried > 0) Thread.sleep(PAUSE_MS)
            try {
                return work()
            } catch (exception: GeneralSecurityException) {
                failure = exception
            } catch (exception: ProviderException) {
                failure = exception
            } catch (exception: IOException) {
                failure = exception
            }
        }
        // A key that was invalidated for good is an InvalidKeyException of its own, which is not in every Android's library.
        val isLost = failure is UnrecoverableKeyException || failure is AEADBadTagException ||
            failure?.javaClass?.simpleName == "KeyPermanentlyInvalidatedException"
        if (isLost) throw ForetapException.KeyLost("the keystore lost the log's key (nothing was deleted)", failure)
        throw ForetapException.KeyUnavailable("the keystore does not answer now (nothing was deleted)", failure)
    }

    private companion object {
        const val FORMAT: Byte = 1
        const val HEADER_BYTES = 2
        const val GENERATIONS = 128
        const val TRIES = 3
        const val PAUSE_MS = 50L
        const val PLAIN_BYTES = LogKeys.KEY_BYTES + LogKeys.SALT_BYTES + LogKeys.SECRET_BYTES
        const val FILE_BYTES = HEADER_BYTES + WrappingKey.IV_BYTES + PLAIN_BYTES + WrappingKey.TAG_BYTES
    }
}
