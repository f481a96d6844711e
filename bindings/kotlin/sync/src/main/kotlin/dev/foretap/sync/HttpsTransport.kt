package dev.foretap.sync

import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import okhttp3.ConnectionSpec
import okhttp3.CookieJar
import okhttp3.Interceptor
import okhttp3.MediaType.Companion.toMediaType
import okhttp3.OkHttpClient
import okhttp3.Request
import okhttp3.RequestBody.Companion.toRequestBody
import okhttp3.Response
import okhttp3.TlsVersion
import java.io.IOException
import java.net.HttpURLConnection.HTTP_UNAVAILABLE
import java.util.concurrent.TimeUnit

/**
 * Carries steps out over HTTPS: TLS 1.3, pinned keys, no redirect, no cookie, no cache.
 *
 * A step that cannot be carried out is an answer, not an exception: exceptions of the network name addresses.
 */
internal class HttpsTransport(private val server: SyncServer, timeouts: TransportTimeouts = TransportTimeouts()) :
    AutoCloseable {
    private val client: OkHttpClient =
        OkHttpClient
            .Builder()
            .connectionSpecs(listOf(TLS_1_3))
            .certificatePinner(server.pinner)
            .followRedirects(false)
            .followSslRedirects(false)
            .retryOnConnectionFailure(false)
            .cookieJar(CookieJar.NO_COOKIES)
            .cache(null)
            .addNetworkInterceptor(::withoutInvitation)
            .connectTimeout(timeouts.connect.inWholeMilliseconds, TimeUnit.MILLISECONDS)
            .readTimeout(timeouts.idle.inWholeMilliseconds, TimeUnit.MILLISECONDS)
            .writeTimeout(timeouts.idle.inWholeMilliseconds, TimeUnit.MILLISECONDS)
            .callTimeout(timeouts.step.inWholeMilliseconds, TimeUnit.MILLISECONDS)
            .build()

    /** Fetches a body and hands it to [take] in chunks, on another thread, until it ends or [take] returns `false`. */
    suspend fun fetch(step: SyncStep.Fetch, take: (ByteArray) -> Boolean): Fetched {
        val request = request(step.path).header("Accept-Encoding", "identity")
        if (step.offset > 0) request.header("Range", "bytes=${step.offset}-")
        return exchange(request.build(), Fetched::Failed) { response -> response.body(step, take) }
    }

    /** Sends a body once. */
    suspend fun post(step: SyncStep.Post): Posted {
        val request =
            request(step.path)
                .header("Idempotency-Key", step.id.hex)
                .post(step.body.toRequestBody(BINARY))
        return exchange(request.build(), Posted::Failed) { response ->
            response.reply()?.let(Posted::Answered) ?: Posted.Failed(response.failure())
        }
    }

    /** Closes the connections that are kept for the next step. */
    override fun close() = client.connectionPool.evictAll()

    private fun request(path: SyncPath): Request.Builder = Request
        .Builder()
        .url(server.address.newBuilder().addPathSegments(path.value).build())
        .header("User-Agent", "Foretap")

    /** OkHttp itself asks again at once where a busy server answers with a pause of zero. One step is one request. */
    private fun withoutInvitation(chain: Interceptor.Chain): Response {
        val response = chain.proceed(chain.request())
        val isInvitation = response.code == HTTP_UNAVAILABLE && response.header(RETRY_AFTER) == "0"
        return if (isInvitation) response.newBuilder().removeHeader(RETRY_AFTER).build() else response
    }

    /** Sends [request] and gives the answer's head to [read]; a cancellation closes the connection. */
    private suspend fun <T> exchange(request: Request, failed: (TransportFailure) -> T, read: (Response) -> T): T =
        coroutineScope {
            val call = client.newCall(request)
            val watch =
                launch(Dispatchers.IO, CoroutineStart.UNDISPATCHED) {
                    try {
                        awaitCancellation()
                    } finally {
                        call.cancel()
                    }
                }
            val result =
                withContext(Dispatchers.IO) {
                    val response =
                        try {
                            call.execute()
                        } catch (e: IOException) {
                            return@withContext failed(failureOf(e))
                        }
                    response.use {
                        try {
                            read(it)
                        } finally {
                            // What was not read is not wanted: closing alone would read on, to keep the connection.
                            call.cancel()
                        }
                    }
                }
            watch.cancel()
            result
        }

    private companion object {
        const val RETRY_AFTER = "Retry-After"
        val TLS_1_3 = ConnectionSpec.Builder(ConnectionSpec.RESTRICTED_TLS).tlsVersions(TlsVersion.TLS_1_3).build()
        val BINARY = "application/octet-stream".toMediaType()
    }
}
