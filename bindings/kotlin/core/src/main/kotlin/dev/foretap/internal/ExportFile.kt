package dev.foretap.internal

import dev.foretap.ForetapException
import java.io.File
import java.io.IOException

/** Does [work] with a temporary file, which is gone afterwards. What lies in it is sealed. */
internal inline fun <T> throughFile(work: (File) -> T): T {
    val file = onStream { File.createTempFile("foretap", ".export") }
    try {
        return work(file)
    } finally {
        file.delete()
    }
}

/** Does [work] with the host's stream; what that throws is the cause of what is thrown here. */
internal inline fun <T> onStream(work: () -> T): T = try {
    work()
} catch (exception: IOException) {
    throw ForetapException.Stream("the stream failed", exception)
}
