package dev.foretap

/**
 * What the person allows to be sent: two permissions, given or not one by one. Neither is given before the person gives
 * it.
 *
 * @property reports a day in numbers, noisy by randomised response: how often predictions were right, how long they
 * took.
 * @property samples what was known at some unlocks of what was opened and of one other candidate, as coarse numbers
 * with noise and without a name.
 */
public data class UploadConsent(val reports: Boolean = false, val samples: Boolean = false)
