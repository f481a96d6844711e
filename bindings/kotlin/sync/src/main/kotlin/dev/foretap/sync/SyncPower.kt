package dev.foretap.sync

import androidx.work.Constraints

/** In which state of the battery to synchronise. */
public enum class SyncPower {
    /** While the phone is being charged. */
    CHARGING,

    /** Unless the battery is low. */
    BATTERY_NOT_LOW,

    /** In any. */
    ANY,
    ;

    internal fun require(constraints: Constraints.Builder): Constraints.Builder =
        constraints.setRequiresCharging(this == CHARGING).setRequiresBatteryNotLow(this == BATTERY_NOT_LOW)
}
