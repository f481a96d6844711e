/// What came of one request.
enum Transferred {
    /// All of the body was handed on.
    case whole

    /// The receiver had enough.
    case stopped

    /// The server answered a batch.
    case answered(PostReply)

    case failed(TransportFailure)

    /// The receiver threw.
    case threw(any Error)
}
