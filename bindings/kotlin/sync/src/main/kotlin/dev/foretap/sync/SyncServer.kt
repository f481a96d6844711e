package dev.foretap.sync

import dev.foretap.sync.SyncConfigurationException.Problem
import okhttp3.CertificatePinner
import okhttp3.HttpUrl
import okhttp3.HttpUrl.Companion.toHttpUrlOrNull
import okio.ByteString.Companion.decodeBase64

/**
 * The server to synchronise with.
 *
 * A pin is `sha256/` and the Base64 of the SHA-256 of a certificate's public key
 * (`openssl x509 -pubkey -noout | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | base64`). Give two
 * at least, of which one is kept aside: a phone that knows only a lost key can never be reached again.
 *
 * The connection speaks TLS 1.3 and nothing older. Android 8 and 9 lack it: there every run ends as
 * [SyncReason.TLS13_MISSING], unless the host installs a security provider that has it, such as Conscrypt.
 *
 * @param address `https://`, a host, and a path below which all files are.
 * @param pins one of them must be in the server's chain of certificates, which must be trusted by the phone as well.
 * @throws SyncConfigurationException for an address or pins that cannot be used, an empty set among them.
 */
public class SyncServer(address: String, pins: Set<String>) {
    internal val address: HttpUrl = parse(address)
    internal val pinner: CertificatePinner = pin(this.address.host, pins)

    private companion object {
        const val SHA256_BYTES = 32
        const val SCHEME = "sha256/"

        fun parse(address: String): HttpUrl {
            val url = address.toHttpUrlOrNull() ?: throw SyncConfigurationException(Problem.NOT_AN_ADDRESS)
            demand(url.isHttps, Problem.NOT_HTTPS)
            demand(url.username.isEmpty() && url.password.isEmpty(), Problem.MORE_THAN_AN_ADDRESS)
            demand(url.query == null && url.fragment == null, Problem.MORE_THAN_AN_ADDRESS)
            return url
        }

        fun pin(host: String, pins: Set<String>): CertificatePinner {
            demand(pins.isNotEmpty(), Problem.NO_PINS)
            demand(pins.all(::isPin), Problem.NOT_A_PIN)
            return pins.fold(CertificatePinner.Builder()) { pinner, pin -> pinner.add(host, pin) }.build()
        }

        fun isPin(pin: String): Boolean =
            pin.startsWith(SCHEME) && pin.removePrefix(SCHEME).decodeBase64()?.size == SHA256_BYTES

        fun demand(isMet: Boolean, problem: Problem) {
            if (!isMet) throw SyncConfigurationException(problem)
        }
    }
}
