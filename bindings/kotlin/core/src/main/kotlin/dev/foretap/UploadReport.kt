package dev.foretap

/**
 * What came of an [Upload].
 *
 * @property taken batches that the server has.
 * @property refused batches that it will never take; they are not sent again.
 * @property erasures weeks that the server was told to erase.
 * @property left what waits for another run.
 */
public data class UploadReport(val taken: Int, val refused: Int, val erasures: Int, val left: Int)
