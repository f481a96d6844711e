package dev.foretap.fakes

import android.security.keystore.KeyGenParameterSpec
import java.io.InputStream
import java.io.OutputStream
import java.security.Key
import java.security.KeyStoreSpi
import java.security.Provider
import java.security.ProviderException
import java.security.SecureRandom
import java.security.Security
import java.security.cert.Certificate
import java.security.spec.AlgorithmParameterSpec
import java.util.Collections
import java.util.Date
import java.util.Enumeration
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicInteger
import javax.crypto.KeyGeneratorSpi
import javax.crypto.SecretKey
import javax.crypto.spec.SecretKeySpec

/**
 * The Android Keystore of a test: under the same name, with keys that a test can lose. Robolectric has none.
 *
 * A test changes it while other threads ask it.
 */
public object FakeKeystore {
    private const val NAME = "AndroidKeyStore"
    private const val KEY_BYTES = 32
    private val failuresLeft = AtomicInteger()

    /** The keys, by alias. */
    public val keys: MutableMap<String, SecretKey> = ConcurrentHashMap()

    /** How many of the next calls fail, as those of a phone's keystore do that is restarting. */
    public var failures: Int
        get() = failuresLeft.get()
        set(count) = failuresLeft.set(count)

    /** Whether it says of every key that there is none, as a service that is down does before Android 12. */
    @Volatile
    public var isAmnesic: Boolean = false

    /** Makes it the process's keystore, with no key and no failure. */
    public fun install() {
        keys.clear()
        failures = 0
        isAmnesic = false
        Security.removeProvider(NAME)
        Security.addProvider(FakeProvider())
    }

    private fun failIfTold() {
        if (failuresLeft.getAndUpdate { maxOf(it - 1, 0) } > 0) throw ProviderException("keystore is restarting")
    }

    private class FakeProvider : Provider(NAME, "1", "a keystore for tests") {
        init {
            put("KeyStore.$NAME", Store::class.java.name)
            put("KeyGenerator.AES", Generator::class.java.name)
        }
    }

    /** Makes keys. Public because Java makes it by its name. */
    public class Generator : KeyGeneratorSpi() {
        private var alias = ""

        override fun engineInit(params: AlgorithmParameterSpec, random: SecureRandom?) {
            alias = (params as KeyGenParameterSpec).keystoreAlias
        }

        override fun engineGenerateKey(): SecretKey {
            failIfTold()
            val bytes = ByteArray(KEY_BYTES).also(SecureRandom()::nextBytes)
            return SecretKeySpec(bytes, "AES").also { keys[alias] = it }
        }

        override fun engineInit(random: SecureRandom?): Unit = error("not asked for")

        override fun engineInit(keysize: Int, random: SecureRandom?): Unit = error("not asked for")
    }

    /** Keeps keys. Public because Java makes it by its name. */
    public class Store : KeyStoreSpi() {
        override fun engineGetKey(alias: String, password: CharArray?): Key? {
            failIfTold()
            return if (isAmnesic) null else keys[alias]
        }

        override fun engineDeleteEntry(alias: String) {
            failIfTold()
            keys.remove(alias)
        }

        override fun engineAliases(): Enumeration<String> = Collections.enumeration(keys.keys.toList())

        override fun engineContainsAlias(alias: String): Boolean = alias in keys

        override fun engineSize(): Int = keys.size

        override fun engineIsKeyEntry(alias: String): Boolean = alias in keys

        override fun engineLoad(stream: InputStream?, password: CharArray?): Unit = Unit

        override fun engineStore(stream: OutputStream?, password: CharArray?): Unit = error("not asked for")

        override fun engineGetCertificateChain(alias: String): Array<Certificate>? = null

        override fun engineGetCertificate(alias: String): Certificate? = null

        override fun engineGetCreationDate(alias: String): Date? = null

        override fun engineSetKeyEntry(
            alias: String,
            key: Key,
            password: CharArray?,
            chain: Array<Certificate>?,
        ): Unit = error("not asked for")

        override fun engineSetKeyEntry(alias: String, key: ByteArray, chain: Array<Certificate>?): Unit =
            error("not asked for")

        override fun engineSetCertificateEntry(alias: String, cert: Certificate): Unit = error("not asked for")

        override fun engineIsCertificateEntry(alias: String): Boolean = false

        override fun engineGetCertificateAlias(cert: Certificate): String? = null
    }
}
