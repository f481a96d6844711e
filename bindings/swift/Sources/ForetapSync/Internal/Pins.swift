import Foundation

#if canImport(Security)
    import CryptoKit
    import Security

    /// Whether a chain of certificates is trusted by the phone and holds a pinned key.
    struct Pins {
        private let digests: Set<Data>

        init(_ digests: Set<Data>) {
            self.digests = digests
        }

        /// What is wrong with the server, or `nil`.
        func failure(of trust: SecTrust) -> TransportFailure? {
            var error: CFError?
            guard SecTrustEvaluateWithError(trust, &error) else {
                let isOtherName = error.map { CFErrorGetCode($0) == Int(errSecHostNameMismatch) } ?? false
                return isOtherName ? .wrongServer : .handshake
            }
            let chain = SecTrustCopyCertificateChain(trust) as? [SecCertificate] ?? []
            let keys = chain.compactMap { CertificateKey.of(SecCertificateCopyData($0) as Data) }
            return keys.contains { digests.contains(Data(SHA256.hash(data: $0))) } ? nil : .wrongServer
        }
    }
#endif
