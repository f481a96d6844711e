package dev.foretap.internal

import dev.foretap.ForetapException
import dev.foretap.internal.ffi.ExportSink
import dev.foretap.internal.ffi.ExportSource
import dev.foretap.internal.ffi.StreamException
import java.io.IOException
import java.io.InputStream
import java.io.OutputStream

/** A stream that an export is written to. What it throws is kept for the caller: nothing of it crosses the library. */
internal class StreamSink(private val stream: OutputStream) : ExportSink {
    private var failure: IOException? = null

    override fun write(bytes: ByteArray) = try {
        stream.write(bytes)
    } catch (exception: IOException) {
        failure = exception
        throw StreamException.Failed()
    }

    /** The same exception with what the stream threw as its cause. */
    fun explain(exception: ForetapException.Stream) = ForetapException.Stream(exception.message.orEmpty(), failure)
}

/** A stream that an import is read from. */
internal class StreamSource(private val stream: InputStream) : ExportSource {
    private var failure: IOException? = null

    override fun read(atMost: UInt): ByteArray = try {
        val bytes = ByteArray(atMost.toInt())
        bytes.copyOf(stream.read(bytes).coerceAtLeast(0))
    } catch (exception: IOException) {
        failure = exception
        throw StreamException.Failed()
    }

    /** The same exception with what the stream threw as its cause. */
    fun explain(exception: ForetapException.Stream) = ForetapException.Stream(exception.message.orEmpty(), failure)
}
