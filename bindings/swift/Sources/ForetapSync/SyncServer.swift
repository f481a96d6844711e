import Foundation

/// The server to synchronise with.
///
/// A pin is `sha256/` and the Base64 of the SHA-256 of a certificate's public key
/// (`openssl x509 -pubkey -noout | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | base64`). Give two
/// at least, of which one is kept aside: a phone that knows only a lost key can never be reached again.
///
/// The connection speaks TLS 1.3 and nothing older. Foundation on Linux cannot look at a server's keys: there every run
/// ends as ``SyncReason/tls13Missing`` and nothing is sent.
public struct SyncServer: Sendable {
    let address: URL
    let pins: Set<Data>

    /// A server.
    ///
    /// - Parameters:
    ///   - address: `https://`, a host, and a path below which all files are.
    ///   - pins: one of them must be in the server's chain of certificates, which must be trusted by the phone as well.
    /// - Throws: ``SyncConfigurationError`` for an address or pins that cannot be used, an empty set among them.
    public init(address: String, pins: Set<String>) throws {
        self.address = try Self.parse(address)
        guard !pins.isEmpty else { throw SyncConfigurationError.noPins }
        self.pins = try Set(pins.map(Self.digest))
    }

    /// A server of this process, for tests.
    init(unchecked address: URL) {
        self.address = address
        pins = []
    }

    func url(of path: SyncPath) -> URL {
        path.value.split(separator: "/").reduce(address) { $0.appendingPathComponent(String($1), isDirectory: false) }
    }

    private static func parse(_ address: String) throws -> URL {
        guard let parts = URLComponents(string: address), let scheme = parts.scheme, let host = parts.host,
            !host.isEmpty, let url = parts.url
        else { throw SyncConfigurationError.notAnAddress }
        guard scheme.lowercased() == "https" else { throw SyncConfigurationError.notHTTPS }
        guard parts.user == nil, parts.password == nil, parts.query == nil, parts.fragment == nil else {
            throw SyncConfigurationError.moreThanAnAddress
        }
        return url
    }

    private static func digest(_ pin: String) throws -> Data {
        let scheme = "sha256/"
        guard pin.hasPrefix(scheme), let hash = Data(base64Encoded: String(pin.dropFirst(scheme.count))),
            hash.count == 32
        else { throw SyncConfigurationError.notAPin }
        return hash
    }
}

extension SyncServer: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The name of the type alone, so that a log can hold it.
    public var description: String { "SyncServer" }

    /// As ``description``.
    public var debugDescription: String { description }

    /// Nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
