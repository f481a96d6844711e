import Foundation

/// The public key of an X.509 certificate as it stands there: the DER of its SubjectPublicKeyInfo, which a pin is the
/// hash of.
enum CertificateKey {
    /// The key of a certificate in DER; `nil` for bytes that are none.
    static func of(_ certificate: Data) -> Data? {
        guard let outer = DER(certificate[...]).first(tag: sequence),
            var body = DER(outer.content).first(tag: sequence).map({ DER($0.content) })
        else { return nil }
        // The version is left out where it is the first.
        if body.nextTag == explicitVersion { _ = body.next() }
        // Serial number, signature algorithm, issuer, validity, subject.
        for tag in [integer, sequence, sequence, sequence, sequence] where body.next()?.tag != tag { return nil }
        return body.first(tag: sequence).map { Data($0.whole) }
    }

    private static let integer: UInt8 = 0x02
    private static let sequence: UInt8 = 0x30
    private static let explicitVersion: UInt8 = 0xA0
}

/// Reads one element of DER after the other.
private struct DER {
    struct Element {
        let tag: UInt8
        let content: Data
        let whole: Data
    }

    private var rest: Data

    init(_ bytes: Data) {
        rest = bytes
    }

    var nextTag: UInt8? { rest.first }

    func first(tag: UInt8) -> Element? {
        var copy = self
        guard let element = copy.next(), element.tag == tag else { return nil }
        return element
    }

    mutating func next() -> Element? {
        guard let tag = rest.first, let short = rest.dropFirst().first else { return nil }
        var header = 2
        var length = Int(short)
        if short >= 0x80 {
            // More than three bytes of length are no certificate's.
            let count = Int(short & 0x7F)
            let bytes = rest.dropFirst(2).prefix(count)
            guard (1...3).contains(count), bytes.count == count else { return nil }
            length = bytes.reduce(0) { $0 << 8 | Int($1) }
            header += count
        }
        guard rest.count >= header + length else { return nil }
        let whole = rest.prefix(header + length)
        rest = rest.dropFirst(header + length)
        return Element(tag: tag, content: whole.dropFirst(header), whole: whole)
    }
}
