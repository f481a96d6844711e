package dev.foretap.sync

import mockwebserver3.Dispatcher
import mockwebserver3.MockResponse
import mockwebserver3.MockWebServer
import mockwebserver3.RecordedRequest
import okhttp3.CertificatePinner
import okhttp3.Protocol
import okhttp3.tls.HandshakeCertificates
import okhttp3.tls.HeldCertificate
import okhttp3.tls.HeldCertificate.Companion.decode
import okio.Buffer
import java.io.File
import java.security.KeyStore
import java.util.concurrent.TimeUnit
import java.util.logging.Level
import java.util.logging.Logger
import javax.net.ssl.SSLSocketFactory
import kotlin.time.Duration.Companion.seconds

/** A real HTTPS server on loopback, by default with a certificate that this process trusts. */
internal class TlsServer(
    certificate: HeldCertificate = certified("localhost", ROOT),
    protocols: List<Protocol> = listOf(Protocol.HTTP_2, Protocol.HTTP_1_1),
    wrap: (SSLSocketFactory) -> SSLSocketFactory = { it },
) : AutoCloseable {
    private val http = MockWebServer()

    val pin: String = CertificatePinner.pin(certificate.certificate)

    init {
        LOG.level = Level.OFF
        val held = HandshakeCertificates.Builder().heldCertificate(certificate).build()
        http.protocols = protocols
        http.useHttps(wrap(held.sslSocketFactory()))
        http.start()
    }

    val address: String get() = "https://localhost:${http.port}$PREFIX"

    /** How many requests came, whole or in part. */
    val requests: Int get() = http.requestCount

    fun server(pin: String = this.pin): SyncServer = SyncServer(address, setOf(pin))

    fun answer(build: MockResponse.Builder.() -> Unit) = http.enqueue(MockResponse.Builder().apply(build).build())

    /** Answers with the files of [folder] from now on, each as [alter] says; 404 where there is none. */
    fun serve(folder: File, alter: MockResponse.Builder.(path: String) -> Unit = {}) {
        http.dispatcher =
            object : Dispatcher() {
                override fun dispatch(request: RecordedRequest): MockResponse {
                    val path = request.target.removePrefix(PREFIX)
                    val file = File(folder, path)
                    val answer = MockResponse.Builder()
                    if (file.isFile) answer.body(Buffer().write(file.readBytes())) else answer.code(404)
                    return answer.apply { alter(path) }.build()
                }
            }
    }

    /** What was asked for since this was asked, below the address. */
    fun paths(): List<String> =
        generateSequence { http.takeRequest(0, TimeUnit.SECONDS) }.map { it.target.removePrefix(PREFIX) }.toList()

    fun request(): RecordedRequest = checkNotNull(http.takeRequest(TIMEOUT.inWholeSeconds, TimeUnit.SECONDS)) {
        "no request came"
    }

    override fun close() = http.close()

    companion object {
        /** How long a test waits for what must come, on a computer that has much else to do. */
        val TIMEOUT = 60.seconds

        /** Tells of every connection that a test broke. */
        private val LOG = Logger.getLogger(MockWebServer::class.java.name)

        private const val PREFIX = "/models/v1/"

        private const val ROOT_PEM = "dev.foretap.sync.root"

        /** One for the whole JVM: each Android of Robolectric loads this class again. */
        private val ROOT: HeldCertificate =
            System.getProperty(ROOT_PEM)?.let(::decode) ?: newRoot().also(::trust)

        fun certified(name: String, root: HeldCertificate = ROOT): HeldCertificate = HeldCertificate
            .Builder()
            .addSubjectAlternativeName(name)
            .signedBy(root)
            .build()

        private fun newRoot(): HeldCertificate {
            val root = HeldCertificate.Builder().certificateAuthority(0).build()
            System.setProperty(ROOT_PEM, root.certificatePem() + root.privateKeyPkcs8Pem())
            return root
        }

        /** Makes the JVM's own trust store, which every new connection reads, this one certificate. */
        private fun trust(root: HeldCertificate) {
            val password = "changeit"
            val file = File.createTempFile("trusted", ".p12").apply { deleteOnExit() }
            val store = KeyStore.getInstance("PKCS12").apply { load(null) }
            store.setCertificateEntry("root", root.certificate)
            file.outputStream().use { store.store(it, password.toCharArray()) }
            System.setProperty("javax.net.ssl.trustStore", file.path)
            System.setProperty("javax.net.ssl.trustStoreType", "PKCS12")
            System.setProperty("javax.net.ssl.trustStorePassword", password)
        }
    }
}
