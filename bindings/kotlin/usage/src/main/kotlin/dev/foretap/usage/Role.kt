package dev.foretap.usage

/** What a package is to the person. */
internal enum class Role {
    /** Something that can be opened. */
    APP,

    /** The home screen, or the system's own interface. */
    HOME,

    /** The app that this library is part of. It shows predictions and is none. */
    HOST,

    /** Something that lies over an app and cannot be opened: a question for a permission, a share sheet, a call. */
    COVER,
}
