package dev.foretap

/**
 * A file of a repository of models that a [ModelSync] wants, from its first byte on.
 *
 * @property path where it is, below the repository's address: names of letters and digits, joined by `/`.
 * @property maxBytes how many bytes it may have; a longer one is refused.
 */
public data class WantedFile(val path: String, val maxBytes: Long)
