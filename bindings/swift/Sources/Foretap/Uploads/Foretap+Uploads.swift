import Foundation
internal import ForetapFFI

extension Foretap {
    /// What the person allows to be sent: nothing before ``setUploadConsent(_:)``.
    public func uploadConsent() async throws -> UploadConsent {
        try await call { try $0.consent().public }
    }

    /// Changes what the person allows to be sent: days and unlocks from now on. Where something is taken back, everything
    /// that waits goes at once, and the next ``Upload`` has the server erase all that it was ever sent; what stays allowed
    /// begins anew under other names. It survives a power cut when this returns.
    ///
    /// - Throws: ``ForetapError/transient(_:)`` if the storage is busy or full, and ``ForetapError/damaged(_:)``, after
    ///   which the log is to be opened again: nothing changed.
    public func setUploadConsent(_ consent: UploadConsent) async throws {
        let now = try clock.now().native()
        try await call { try $0.setConsent(consent: consent.native, now: now, entropy: .random(count: 32)) }
    }

    /// What would be sent now, the oldest first, in exactly the bytes that are sent: for a privacy page. Days that are over
    /// and allowed are sealed before.
    ///
    /// - Throws: ``ForetapError/transient(_:)`` if the storage is busy or full; ``ForetapError/damaged(_:)``, after which
    ///   the log is to be opened again; ``ForetapError/newer(_:)`` if a newer version sealed a batch.
    public func waitingUploads() async throws -> [WaitingUpload] {
        let now = try clock.now().native()
        return try await call { engine in
            _ = try engine.sealUploads(now: now)
            return try engine.outbox().map(\.public)
        }
    }

    /// Begins a run that sends ``waitingUploads()`` and what is to be erased. Where nothing is allowed and nothing is to be
    /// erased, there is nothing to send.
    ///
    /// - Throws: ``ForetapError/transient(_:)`` if the storage is busy or full; ``ForetapError/damaged(_:)``, after which
    ///   the log is to be opened again.
    public func beginUpload() async throws -> Upload {
        let now = try clock.now().native()
        return try await call { engine in
            _ = try engine.sealUploads(now: now)
            return Upload(try engine.beginUpload())
        }
    }
}
