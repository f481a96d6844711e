package dev.foretap


/**
 * Quantiles in nanoseconds, at most a tenth off; `null` of none.
 *
 * @property count how many durations there are.
 * @property p50Ns the median.
 * @property p95Ns what 95 % do not exceed.
 * @property p99Ns what 99 % do not exceed.
 */
public data class Durations(val count: Long, val p50Ns: Long?, val p95Ns: Long?, val p99Ns: Long?)
