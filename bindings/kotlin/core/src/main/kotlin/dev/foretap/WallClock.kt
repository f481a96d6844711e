package dev.foretap


/** The clock on the wall: where "now" comes from. The engine has none of its own, so that tests can hand it any. */
public fun interface WallClock {
    /** Now. */
    public fun now(): Timestamp

    public companion object {
        /** The phone's clock, in the zone that it is in at that moment. */
        public val SYSTEM: WallClock = WallClock { Timestamp.ofEpochMs(System.currentTimeMillis()) }
    }
}
