package dev.foretap

/** Which model corrects the statistics. */
public sealed interface ModelChoice {
    /** The one that is compiled in. */
    public data object Shipped : ModelChoice

    /** That of a bundle's file of at most 256 KiB. If it cannot be used, the statistics answer alone; see [Health]. */
    public class Bundle(internal val bytes: ByteArray) : ModelChoice

    /** None: the statistics alone. */
    public data object Off : ModelChoice
}
