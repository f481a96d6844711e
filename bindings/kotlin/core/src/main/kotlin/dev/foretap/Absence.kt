package dev.foretap

/** Why a [WantedFile] did not come. */
public enum class Absence {
    /** The server says that it has none under this path. Some need not be there, such as a newer root. */
    MISSING,

    /** Anything else: no network, no answer, an answer cut short. */
    UNREACHABLE,
}
