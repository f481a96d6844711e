package dev.foretap.sync

import kotlin.time.Duration
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds

/**
 * How long the network may take.
 *
 * @property connect until a connection with TLS is there.
 * @property idle until the next bytes come, or go.
 * @property step for one step in all: a server that drips bytes ends here. Below the ten minutes that Android gives
 * a worker.
 */
internal class TransportTimeouts(
    val connect: Duration = 15.seconds,
    val idle: Duration = 20.seconds,
    val step: Duration = 8.minutes,
)
