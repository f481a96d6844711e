package dev.foretap.internal

import dev.foretap.ForetapException
import dev.foretap.internal.ffi.InternalException
import dev.foretap.internal.ffi.uniffiEnsureInitialized
import dev.foretap.internal.ffi.ForetapException as NativeException

/** Does [work], and gives the library's exceptions their public types. */
@Suppress("SwallowedException") // What a panic said can hold anything: it is dropped on purpose.
internal inline fun <T> typed(work: () -> T): T = try {
    work()
} catch (exception: NativeException) {
    throw exception.typed()
} catch (exception: InternalException) {
    throw ForetapException.Internal("internal error").apply { stackTrace = exception.stackTrace }
} catch (error: LinkageError) {
    // The first call is told what the loader found, every later one that its class could not be initialised.
    throw ForetapException.NoLibrary("this build has no native library for this phone", error)
}

/** Loads the native library, or says that there is none. */
internal fun requireLibrary(): Unit = typed { uniffiEnsureInitialized() }

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
