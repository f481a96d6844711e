package dev.foretap


/** The battery in the four categories that are kept; the exact percentage never is. */
public enum class Battery {
    /** On a charger, whatever the level. */
    CHARGING,

    /** Above 50 %. */
    HIGH,

    /** 20 to 50 %. */
    MEDIUM,

    /** Below 20 %. */
    LOW,
    ;

    public companion object {
        private const val MEDIUM_FROM_PERCENT = 20
        private const val HIGH_ABOVE_PERCENT = 50

        /** The category of a percentage, 0 to 100, and of whether a charger is connected. */
        public fun ofPercent(percent: Int, isCharging: Boolean): Battery = when {
            isCharging -> CHARGING
            percent > HIGH_ABOVE_PERCENT -> HIGH
            percent >= MEDIUM_FROM_PERCENT -> MEDIUM
            else -> LOW
        }
    }
}
