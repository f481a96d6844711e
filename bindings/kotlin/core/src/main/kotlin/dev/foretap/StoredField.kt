package dev.foretap


/**
 * Something that is stored.
 *
 * @property name its name in the schema.
 * @property what what it is.
 * @property sensitivity how personal it is: `behaviour`, `place`, `decision`, `derived` or `technical`.
 * @property keeping how long it stays.
 * @property readers who reads it.
 */
public data class StoredField(
    val name: String,
    val what: String,
    val sensitivity: String,
    val keeping: String,
    val readers: String,
)
