package dev.foretap.internal

import dev.foretap.ForetapException
import dev.foretap.internal.ffi.InternalException
import dev.foretap.internal.ffi.ForetapException as NativeException

/** Does [work], and gives the library's exceptions their public types. */
internal inline fun <T> typed(work: () -> T): T = try {
    work()
} catch (exception: NativeException) {
    throw exception.typed()
} catch (exception: InternalException) {
    // A panic outside of every guard. What it says is not passed on: it can hold anything.
    throw ForetapException.Internal("internal error").apply { stackTrace = exception.stackTrace }
}

internal fun NativeException.typed(): ForetapException {
    val words = message.orEmpty()
    return when (this) {
        is NativeException.InvalidArgument -> ForetapException.InvalidArgument(words)
        is NativeException.KeyMismatch -> ForetapException.KeyMismatch(words)
        is NativeException.Newer -> ForetapException.Newer(words)
        is NativeException.InUse -> ForetapException.InUse(words)
        is NativeException.Transient -> ForetapException.Transient(words)
        is NativeException.Damaged -> ForetapException.Damaged(words)
        is NativeException.WrongSecret -> ForetapException.WrongSecret(words)
        is NativeException.BadExport -> ForetapException.BadExport(words)
        is NativeException.File -> ForetapException.Stream(words, null)
        is NativeException.Closed -> ForetapException.Closed(words)
        is NativeException.Internal -> ForetapException.Internal(words)
        is NativeException.Other -> ForetapException.Other(words)
    }
}
