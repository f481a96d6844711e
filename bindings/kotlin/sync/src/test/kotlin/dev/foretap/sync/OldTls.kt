package dev.foretap.sync

import java.net.InetAddress
import java.net.Socket
import javax.net.ssl.SSLSocket
import javax.net.ssl.SSLSocketFactory

/** Sockets of a server that knows TLS 1.2 at most. */
internal class OldTls(private val inner: SSLSocketFactory) : SSLSocketFactory() {
    override fun getDefaultCipherSuites(): Array<String> = inner.defaultCipherSuites

    override fun getSupportedCipherSuites(): Array<String> = inner.supportedCipherSuites

    override fun createSocket(s: Socket, host: String?, port: Int, autoClose: Boolean): Socket =
        old(inner.createSocket(s, host, port, autoClose))

    override fun createSocket(host: String, port: Int): Socket = old(inner.createSocket(host, port))

    override fun createSocket(host: InetAddress, port: Int): Socket = old(inner.createSocket(host, port))

    override fun createSocket(host: String, port: Int, localHost: InetAddress, localPort: Int): Socket =
        old(inner.createSocket(host, port, localHost, localPort))

    override fun createSocket(address: InetAddress, port: Int, localAddress: InetAddress, localPort: Int): Socket =
        old(inner.createSocket(address, port, localAddress, localPort))

    private fun old(socket: Socket): Socket = (socket as SSLSocket).apply { enabledProtocols = arrayOf("TLSv1.2") }
}
