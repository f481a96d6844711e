package dev.foretap

/**
 * What the person allows to be sent: two permissions, given or not one by one. Neither is given before the person gives
 * it.
 *
 * @property reports a day in numbers, noisy by randomised response: how often predictions were right, how long they
 * took.
 * @property samples what was known at some unlocks, as coarse numbers without a name, and which candidate was opened.
 */
public data class UploadConsent(val reports: Boolean = false, val samples: Boolean = false)
