package dev.foretap


/**
 * What an export holds. No number tells what it is about.
 *
 * @property events events written.
 * @property controls decisions written.
 * @property leftOut events left out, because they are about items that the person excluded or hid.
 * @property bytes the size of the export.
 */
public data class Exported(val events: Long, val controls: Long, val leftOut: Long, val bytes: Long)
