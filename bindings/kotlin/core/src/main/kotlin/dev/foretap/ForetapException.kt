package dev.foretap

/** What went wrong. Messages hold no item, no place and no key. */
public sealed class ForetapException(message: String, cause: Throwable? = null) : Exception(message, cause) {
    /** An argument is outside its documented limits: nothing was done. */
    public class InvalidArgument(message: String) : ForetapException(message)

    /** The key is not the one that the log was made with. Nothing was changed. */
    public class KeyMismatch(message: String) : ForetapException(message)

    /** The keystore does not answer now: nothing was changed, and a later try can succeed. */
    public class KeyUnavailable(message: String, cause: Throwable?) : ForetapException(message, cause)

    /**
     * The keystore says that the key is gone for good, so that nobody can read the log any more. Nothing was deleted:
     * [Foretap.eraseAt] makes room for a new one.
     */
    public class KeyLost(message: String, cause: Throwable?) : ForetapException(message, cause)

    /** The log or export was written by a newer version. Nothing was changed; update the library. */
    public class Newer(message: String) : ForetapException(message)

    /** Another process, or another [Foretap] of this one, has the log open. */
    public class InUse(message: String) : ForetapException(message)

    /** The storage is busy, full, or failed: nothing of this call was kept, and a later try can succeed. */
    public class Transient(message: String) : ForetapException(message)

    /** The log is damaged; opening it again sets it aside and begins with what its snapshot knew. */
    public class Damaged(message: String) : ForetapException(message)

    /** The secret does not open this export. */
    public class WrongSecret(message: String) : ForetapException(message)

    /** The file is no export, or one that was changed or cut off. Nothing was changed here. */
    public class BadExport(message: String) : ForetapException(message)

    /** The stream of an export or import failed; [cause] is what it threw. Nothing was changed here. */
    public class Stream(message: String, cause: Throwable?) : ForetapException(message, cause)

    /** The [Foretap] was closed or erased. */
    public class Closed(message: String) : ForetapException(message)

    /**
     * This build has no native library for this phone: none for its processor, or one of another version. Nothing was
     * done, and trying again does not help; [cause] is what the loader said.
     */
    public class NoLibrary(message: String, cause: Throwable?) : ForetapException(message, cause)

    /** A defect of this library. The next call works, and what was recorded before is kept. */
    public class Internal(message: String) : ForetapException(message)

    /** The storage gave an answer that nobody expected. */
    public class Other(message: String) : ForetapException(message)
}
