package dev.foretap.sync

import java.io.IOException
import java.io.InterruptedIOException
import java.net.UnknownServiceException
import javax.net.ssl.SSLException
import javax.net.ssl.SSLPeerUnverifiedException

/** What an exception of the network means; its message, which can name addresses, ends here. */
internal fun failureOf(e: IOException): TransportFailure = when (e) {
    // OkHttp's word for a socket that offers no version of TLS that is allowed.
    is UnknownServiceException -> TransportFailure.Tls13Missing

    is SSLPeerUnverifiedException -> TransportFailure.WrongServer

    is SSLException -> TransportFailure.Handshake

    is InterruptedIOException -> TransportFailure.TimedOut

    else -> TransportFailure.Unreachable
}
