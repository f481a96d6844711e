/// How long the network may take, in seconds.
struct TransportTimeouts: Sendable {
    /// Until a connection is there, and until the next bytes come, or go.
    var idle = 20.0

    /// For one step in all: a server that drips bytes ends here.
    var step = 480.0
}
