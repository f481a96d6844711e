package dev.foretap


/**
 * What an import brought. No number tells what it is about.
 *
 * @property added events that were not here.
 * @property known events that were here already.
 * @property leftOut events left out, because nothing about their items is to be stored here.
 * @property onTop events that were here and not in the import, learned again on top of it.
 * @property controls decisions now.
 */
public data class Imported(val added: Long, val known: Long, val leftOut: Long, val onTop: Long, val controls: Long)
