/// Reads the phone's surroundings, as far as the app may: what cannot be read stays unknown.
public protocol Surroundings: Sendable {
    /// What is known now.
    func read() async -> PhoneContext

    /// Whether the phone saves power, so that nothing is computed ahead.
    func isSavingPower() async -> Bool
}

extension Surroundings {
    /// Not that anybody knew.
    public func isSavingPower() async -> Bool { false }
}

/// Surroundings that nobody reads, or that the host knows.
public struct KnownSurroundings: Surroundings {
    private let context: @Sendable () -> PhoneContext

    /// What `context` says at each reading; nothing is known unless said.
    public init(_ context: @escaping @Sendable () -> PhoneContext = { .unknown }) {
        self.context = context
    }

    /// What is known now.
    public func read() async -> PhoneContext { context() }
}
