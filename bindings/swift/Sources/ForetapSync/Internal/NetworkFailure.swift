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
            self = Self.isOfCertificate(error) ? .handshake : .unreachable
        }
    }

    /// Foundation on Linux has one code for all that keeps a connection from coming about, and libcurl's words beside it.
    private static func isOfCertificate(_ error: any Error) -> Bool {
        #if canImport(FoundationNetworking)
            let words = (error as? URLError)?.userInfo[NSLocalizedDescriptionKey] as? String
            return words?.hasPrefix("SSL") == true
        #else
            return false
        #endif
    }
}
