package dev.foretap.sync

import okhttp3.Response
import okio.BufferedSource
import java.io.IOException
import java.net.HttpURLConnection.HTTP_ACCEPTED
import java.net.HttpURLConnection.HTTP_OK
import java.net.HttpURLConnection.HTTP_PARTIAL
import java.net.HttpURLConnection.HTTP_UNAVAILABLE
import kotlin.time.Duration
import kotlin.time.Duration.Companion.days
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

/** Hands the body that [step] asked for to [take], or says why this is not it; one known to be too long is not read. */
internal fun Response.body(step: SyncStep.Fetch, take: (ByteArray) -> Boolean): Fetched {
    // A server may ignore the range and send the whole.
    val skip = if (code == HTTP_OK) step.offset else 0
    return when {
        code != HTTP_OK && code != HTTP_PARTIAL -> Fetched.Failed(failure())
        code == HTTP_PARTIAL && !isRangeFrom(step.offset) -> Fetched.Failed(TransportFailure.Malformed)
        header("Content-Encoding", IDENTITY) != IDENTITY -> Fetched.Failed(TransportFailure.Malformed)
        body.contentLength() > skip + step.maxBytes -> Fetched.Failed(TransportFailure.TooLarge)
        else -> body.source().handOn(skip, step.maxBytes, take)
    }
}

/** The reply to a batch, or `null` for a status that is none. */
internal fun Response.reply(): PostReply? = when (code) {
    HTTP_ACCEPTED -> PostReply.ACCEPTED
    HTTP_OK -> PostReply.ALREADY_ACCEPTED
    HTTP_UNPROCESSABLE -> PostReply.CONFLICT
    else -> null
}

/** What a status that nobody asked for means. */
internal fun Response.failure(): TransportFailure = when (code) {
    in REDIRECTIONS -> TransportFailure.Redirected
    HTTP_TOO_MANY_REQUESTS, HTTP_UNAVAILABLE -> TransportFailure.Busy(retryAfter())
    else -> TransportFailure.Status(code)
}

/** `Retry-After` in seconds, or as a date by the server's own clock; at most a day. */
private fun Response.retryAfter(): Duration? {
    val seconds = header(RETRY_AFTER)?.trim()?.toLongOrNull()?.seconds
    val date = headers.getDate(RETRY_AFTER)
    val now = headers.getDate("Date")
    val wait = seconds ?: if (date != null && now != null) (date.time - now.time).milliseconds else null
    return wait?.coerceIn(Duration.ZERO, LONGEST_WAIT)
}

private fun Response.isRangeFrom(offset: Long): Boolean =
    offset > 0 && header("Content-Range").orEmpty().startsWith("bytes $offset-")

private fun BufferedSource.handOn(skip: Long, limit: Long, take: (ByteArray) -> Boolean): Fetched {
    val buffer = ByteArray(SyncSession.MAX_CHUNK_BYTES)
    var toSkip = skip
    var left = limit
    var result: Fetched? = null
    while (result == null) {
        val read =
            try {
                read(buffer)
            } catch (e: IOException) {
                return Fetched.Failed(failureOf(e))
            }
        val bytes = maxOf(read, 0)
        val skipped = minOf(toSkip, bytes.toLong()).toInt()
        toSkip -= skipped
        left -= bytes - skipped
        result =
            when {
                read < 0 -> if (toSkip > 0) Fetched.Failed(TransportFailure.Malformed) else Fetched.Whole
                left < 0 -> Fetched.Failed(TransportFailure.TooLarge)
                bytes == skipped || take(buffer.copyOfRange(skipped, bytes)) -> null
                else -> Fetched.Stopped
            }
    }
    return result
}

private const val HTTP_UNPROCESSABLE = 422
private const val HTTP_TOO_MANY_REQUESTS = 429
private val REDIRECTIONS = 300..399
private const val IDENTITY = "identity"
private const val RETRY_AFTER = "Retry-After"
private val LONGEST_WAIT = 1.days
