import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

extension TransportFailure {
    /// What an error of the network means; its message, which can name addresses, ends here.
    init(_ error: any Error) {
        switch (error as? URLError)?.code {
        case .timedOut:
            self = .timedOut
        case .secureConnectionFailed, .serverCertificateUntrusted, .serverCertificateHasBadDate,
            .serverCertificateHasUnknownRoot, .serverCertificateNotYetValid, .clientCertificateRejected,
            .clientCertificateRequired, .appTransportSecurityRequiresSecureConnection:
            self = .handshake
        case .dataLengthExceedsMaximum:
            self = .tooLarge
        default:
            self = .unreachable
        }
    }
}
