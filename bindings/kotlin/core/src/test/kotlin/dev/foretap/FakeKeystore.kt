package dev.foretap

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
import javax.crypto.KeyGeneratorSpi
import javax.crypto.SecretKey
import javax.crypto.spec.SecretKeySpec

/** The Android Keystore of a test: under the same name, with keys that a test can lose. Robolectric has none. */
internal object FakeKeystore {
    val keys: MutableMap<String, SecretKey> = Collections.synchronizedMap(mutableMapOf())

    /** How often the next calls fail as a phone's keystore does that is restarting. */
    @Volatile
    var failures = 0

    /** Whether it says of every key that there is none, as a service that is down does before Android 12. */
    @Volatile
    var isAmnesic = false

    fun install() {
        keys.clear()
        failures = 0
        isAmnesic = false
        Security.removeProvider(NAME)
        Security.addProvider(FakeProvider())
    }

    private const val NAME = "AndroidKeyStore"

    fun failIfTold() {
        if (failures > 0) {
            failures -= 1
            throw ProviderException("keystore is restarting")
        }
    }

    private class FakeProvider : Provider(NAME, "1", "a keystore for tests") {
        init {
            put("KeyStore.$NAME", Store::class.java.name)
            put("KeyGenerator.AES", Generator::class.java.name)
        }
    }

    class Generator : KeyGeneratorSpi() {
        private var alias = ""

        override fun engineInit(params: AlgorithmParameterSpec, random: SecureRandom?) {
            alias = (params as android.security.keystore.KeyGenParameterSpec).keystoreAlias
        }

        override fun engineGenerateKey(): SecretKey {
            failIfTold()
            val bytes = ByteArray(32).also(SecureRandom()::nextBytes)
            return SecretKeySpec(bytes, "AES").also { keys[alias] = it }
        }

        override fun engineInit(random: SecureRandom?) = error("not asked for")

        override fun engineInit(keysize: Int, random: SecureRandom?) = error("not asked for")
    }

    class Store : KeyStoreSpi() {
        override fun engineGetKey(alias: String, password: CharArray?): Key? {
            failIfTold()
            return if (isAmnesic) null else keys[alias]
        }

        override fun engineDeleteEntry(alias: String) {
            failIfTold()
            keys.remove(alias)
        }

        override fun engineAliases(): Enumeration<String> = Collections.enumeration(keys.keys.toList())

        override fun engineContainsAlias(alias: String) = alias in keys

        override fun engineSize() = keys.size

        override fun engineIsKeyEntry(alias: String) = alias in keys

        override fun engineLoad(stream: InputStream?, password: CharArray?) = Unit

        override fun engineStore(stream: OutputStream?, password: CharArray?) = error("not asked for")

        override fun engineGetCertificateChain(alias: String): Array<Certificate>? = null

        override fun engineGetCertificate(alias: String): Certificate? = null

        override fun engineGetCreationDate(alias: String): Date? = null

        override fun engineSetKeyEntry(alias: String, key: Key, password: CharArray?, chain: Array<Certificate>?) =
            error("not asked for")

        override fun engineSetKeyEntry(alias: String, key: ByteArray, chain: Array<Certificate>?) =
            error("not asked for")

        override fun engineSetCertificateEntry(alias: String, cert: Certificate) = error("not asked for")

        override fun engineIsCertificateEntry(alias: String) = false

        override fun engineGetCertificateAlias(cert: Certificate): String? = null
    }
}
