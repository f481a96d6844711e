package dev.foretap


/** How much of a position is kept: the size of the cells in which positions become equal. */
public enum class Granularity {
    /** About 11 km by 11 km: the one to store. */
    CITY,

    /** About 1.1 km by 1.1 km. */
    DISTRICT,

    /** About 110 m by 110 m. */
    BLOCK,
}
