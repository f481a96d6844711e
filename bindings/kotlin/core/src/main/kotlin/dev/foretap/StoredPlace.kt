package dev.foretap


/**
 * A place where something is stored.
 *
 * @property name a table, a file, a message.
 * @property lies where it lies and how it is protected.
 * @property fields what is in it.
 */
public data class StoredPlace(val name: String, val lies: String, val fields: List<StoredField>)
