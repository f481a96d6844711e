import Foundation
internal import ForetapFFI

extension Foretap {
    /// Begins a run that brings this phone the model that a repository has for it. The ranking goes on meanwhile, and a
    /// model that comes answers only after it was tried on this phone's own log.
    ///
    /// - Parameters:
    ///   - root: the file of the repository's first root, as the host ships it: whom to believe; at most 64 KiB.
    ///   - channel: which releases to follow.
    ///   - segments: the groups that this phone belongs to, by the names that releases give them. They do not leave it.
    /// - Throws: ``ForetapError/invalidArgument(_:)`` if the root cannot be used, or the log was opened with a model of the
    ///   host's (``ForetapOptions/model``); ``ForetapError/transient(_:)`` and ``ForetapError/damaged(_:)`` if the log
    ///   cannot be read.
    public func beginModelSync(
        root: Data,
        channel: String = "stable",
        segments: Set<String> = []
    ) async throws -> ModelSync {
        let parts = SyncParts(root: root, channel: channel, segments: segments.sorted())
        let now = try clock.now().native()
        return try await call { [clock] in ModelSync(try $0.beginSync(parts: parts, now: now), clock: clock) }
    }
}
