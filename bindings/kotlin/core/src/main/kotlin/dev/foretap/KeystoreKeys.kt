package dev.foretap

import android.util.AtomicFile
import dev.foretap.internal.KeyMissingException
import dev.foretap.internal.WrappingKey
import java.io.File
import java.io.IOException
import java.io.RandomAccessFile
import java.security.GeneralSecurityException
import java.security.ProviderException
import java.security.SecureRandom
import javax.crypto.AEADBadTagException

/**
 * Keeps a log's keys in a file that only the Android Keystore of this phone can open.
 *
 * The file holds one byte of format, the generation of the wrapping key, and the wrapped keys. It belongs where no
 * backup takes it ([android.content.Context.getNoBackupFilesDir]): on another phone nobody could open it. An empty file
 * beside it (`.lock`) keeps processes from making keys at the same time.
 *
 * Nothing is deleted because of an error of the keystore, which some phones give now and then: every answer is asked
 * for three times, and what remains is [ForetapException.KeyUnavailable] or, where the keystore works and has no such
 * key any more, [ForetapException.KeyLost].
 *
 * @param file where the wrapped keys lie; the folder is made if it is missing.
 * @param alias the name of the wrapping key in the Android Keystore, without the generation. Each log has its own.
 */
public class KeystoreKeys(private val file: File, private val alias: String) : KeyProvider {
    private val kept = AtomicFile(file)
    private val random = SecureRandom()

    override fun load(): LogKeys = alone {
        if (!exists()) {
            make()
        } else {
            val (generation, wrapped) = read()
            patiently { keysOf(unwrapped(generation, wrapped)) }
        }
    }

    /**
     * Wraps the keys with a new key of the keystore and, when that is on the disk and has been read back, removes the
     * old one. The log's own key stays: to change that one, export, [erase][Foretap.erase] and import.
     *
     * @throws ForetapException as [load]; then the old wrapping key goes on to be used.
     */
    public fun rotate(): Unit = alone {
        if (exists()) {
            val (generation, wrapped) = read()
            patiently {
                val bytes = unwrapped(generation, wrapped)
                store((generation + 1) % GENERATIONS, bytes)
                bytes.fill(0)
            }
            // One that stays opens nothing any more; `erase` removes it.
            runCatching { wrappingKey(generation).erase() }
        }
    }

    override fun erase(): Unit = alone {
        kept.delete()
        patiently { WrappingKey.eraseAll(alias) }
    }

    /**
     * One thread of one process at a time: two that make keys at once would keep those of one and use those of the
     * other.
     */
    private fun <T> alone(work: () -> T): T = synchronized(LOCK) {
        file.absoluteFile.parentFile?.mkdirs()
        val lock =
            try {
                RandomAccessFile(File("${file.path}.lock"), "rw")
            } catch (exception: IOException) {
                throw ForetapException.KeyUnavailable("the folder of keys cannot be written now", exception)
            }
        lock.use {
            it.channel.lock()
            work()
        }
    }

    /** Also where a write was cut short: the backup of it is the file then. */
    private fun exists() = kept.baseFile.exists() || File("${file.path}.bak").exists()

    private fun wrappingKey(generation: Int) = WrappingKey(alias, generation)

    private fun make(): LogKeys = patiently {
        val bytes = ByteArray(PLAIN_BYTES).also(random::nextBytes)
        try {
            store(0, bytes)
        } catch (exception: IOException) {
            // Keys that cannot be read back are none: the next try makes others.
            kept.delete()
            throw exception
        }
        keysOf(bytes)
    }

    private fun unwrapped(generation: Int, wrapped: ByteArray): ByteArray = wrappingKey(generation).unwrap(wrapped)

    private fun keysOf(bytes: ByteArray): LogKeys {
        val saltFrom = LogKeys.KEY_BYTES
        val secretFrom = saltFrom + LogKeys.SALT_BYTES
        val keys =
            LogKeys(
                bytes.copyOfRange(0, saltFrom),
                bytes.copyOfRange(saltFrom, secretFrom),
                bytes.copyOfRange(secretFrom, bytes.size),
            )
        bytes.fill(0)
        return keys
    }

    private fun read(): Pair<Int, ByteArray> {
        val bytes =
            try {
                kept.readFully()
            } catch (exception: IOException) {
                throw ForetapException.KeyUnavailable("the file of keys cannot be read now", exception)
            }
        val isKnown = bytes.size == FILE_BYTES && bytes[0] == FORMAT && bytes[1] in 0 until GENERATIONS
        if (!isKnown) throw ForetapException.KeyLost("the file of keys is damaged (nothing was deleted)", null)
        return bytes[1].toInt() to bytes.copyOfRange(HEADER_BYTES, bytes.size)
    }

    /**
     * Wraps, writes, and reads it back: an [AtomicFile] that could not be synced or renamed only says so to the log.
     */
    private fun store(generation: Int, bytes: ByteArray) {
        val wrapped = byteArrayOf(FORMAT, generation.toByte()) + wrappingKey(generation).wrap(bytes)
        val stream = kept.startWrite()
        try {
            stream.write(wrapped)
            kept.finishWrite(stream)
        } catch (exception: IOException) {
            kept.failWrite(stream)
            throw exception
        }
        val readBack = unwrapped(generation, wrapped.copyOfRange(HEADER_BYTES, wrapped.size))
        val isKept = kept.readFully().contentEquals(wrapped) && readBack.contentEquals(bytes)
        readBack.fill(0)
        if (!isKept) throw IOException("the file of keys does not give back what was written")
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
        // A key that was invalidated for good has an exception of its own, which is not in every Android's library.
        // An UnrecoverableKeyException says nothing: the keystore throws it for whatever goes wrong inside.
        val isLost =
            (failure is KeyMissingException && WrappingKey.isKeystoreHealthy(alias)) ||
                failure is AEADBadTagException || failure?.javaClass?.simpleName == "KeyPermanentlyInvalidatedException"
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

        /** For the threads of this process, which a lock on a file does not tell apart. */
        val LOCK = Any()
    }
}
