package dev.foretap.sync

import kotlinx.coroutines.runBlocking
import okhttp3.TlsVersion
import okhttp3.tls.HeldCertificate
import org.junit.Test
import java.security.Provider
import java.security.Security
import kotlin.test.assertEquals
import kotlin.test.assertIs

class TlsTest {
    @Test
    fun `a connection speaks TLS 1_3`() = TlsServer().use { server ->
        server.answer { body("x") }
        assertEquals(Fetched.Whole, fetched(server.server()))
        assertEquals(TlsVersion.TLS_1_3, server.request().handshake?.tlsVersion)
    }

    @Test
    fun `a server that knows TLS 1_2 only gets no request`() = TlsServer(wrap = ::OldTls).use { server ->
        refused(server, TransportFailure.Handshake)
    }

    @Test
    fun `a server with another key gets no request`() = TlsServer().use { server ->
        val other = TlsServer().use { it.pin }
        refused(server, TransportFailure.WrongServer, server.server(other))
    }

    @Test
    fun `a server with another name gets no request`() = TlsServer(TlsServer.certified("example.org")).use { server ->
        refused(server, TransportFailure.WrongServer)
    }

    @Test
    fun `a pinned key does not replace trust`() {
        val stranger = HeldCertificate.Builder().certificateAuthority(0).build()
        TlsServer(TlsServer.certified("localhost", stranger)).use { server ->
            refused(server, TransportFailure.Handshake)
        }
    }

    @Test
    fun `one pin of several is enough`() = TlsServer().use { server ->
        server.answer { body("x") }
        val other = TlsServer().use { it.pin }
        assertEquals(Fetched.Whole, fetched(SyncServer(server.address, setOf(other, server.pin))))
    }

    @Test
    fun `a phone without TLS 1_3 is told so`() {
        val provider =
            object : Provider("Android 9", "1", "") {
                init {
                    put("SSLContext.TLS", "sun.security.ssl.SSLContextImpl${'$'}TLS12Context")
                }
            }
        TlsServer().use { server ->
            Security.insertProviderAt(provider, 1)
            try {
                refused(server, TransportFailure.Tls13Missing)
            } finally {
                Security.removeProvider(provider.name)
            }
        }
    }

    private fun refused(server: TlsServer, why: TransportFailure, with: SyncServer = server.server()) {
        server.answer { body("x") }
        assertEquals(why, assertIs<Fetched.Failed>(fetched(with)).failure)
        assertEquals(0, server.requests)
    }

    private fun fetched(server: SyncServer): Fetched =
        HttpsTransport(server).use { runBlocking { it.fetch(fetch()) { true } } }
}
