import Foundation

/// A ``SyncServer`` or schedule that cannot be used. The message does not repeat what was given.
public enum SyncConfigurationError: Error, Sendable, Hashable, CaseIterable {
    /// Not an address at all.
    case notAnAddress

    /// An address with another scheme.
    case notHTTPS

    /// An address with a user, a password, a query or a fragment.
    case moreThanAnAddress

    /// No pin: any certificate authority of the phone could then stand in for the server.
    case noPins

    /// A pin that is not `sha256/` and 32 bytes in Base64.
    case notAPin

    /// iOS knows nothing of the tasks: an identifier is missing from the app's `Info.plist`, or was not registered.
    case notPermitted

    /// iOS takes no more requests of this app: one short run at a time, the host's own counted, and ten long ones. A host that
    /// has an app-refresh task leaves the short runs out (``SyncSchedule/hasRefresh``).
    case tooMany

    /// iOS starts no background tasks here: the person switched them off, or it is a simulator or an app extension.
    case unavailable
}

extension SyncConfigurationError: LocalizedError {
    /// One English sentence.
    public var errorDescription: String? {
        switch self {
        case .notAnAddress: "the address of the server cannot be read"
        case .notHTTPS: "the address of the server must begin with https"
        case .moreThanAnAddress: "the address of the server must be a host and a path alone"
        case .noPins: "at least one certificate pin is needed"
        case .notAPin: "a certificate pin is sha256/ and 32 bytes in Base64"
        case .notPermitted: "the identifiers of the background tasks are not permitted or not registered"
        case .tooMany: "the app has as many background tasks waiting as it may"
        case .unavailable: "no background tasks are started here"
        }
    }
}
