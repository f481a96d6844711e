import Foundation
internal import ForetapFFI

/// Opaque names for what must not be stored as it is, under a secret of this phone. Hashing is not anonymity: whoever has
/// the secret can try every city.
///
/// Every function throws ``ForetapError/invalidArgument(_:)`` if the secret has not 32 bytes.
public struct Pseudonyms: Sendable {
    private let secret: Data

    /// Names under 32 random bytes that never leave the device.
    public init(secret: Data) {
        self.secret = secret
    }

    /// The cell of the map that a position lies in, such as `city_214`, for ``PhoneContext/place``.
    ///
    /// - Parameters:
    ///   - latitude: degrees, -90 to 90.
    ///   - longitude: degrees, -180 to 180.
    ///   - granularity: how much of the position is kept.
    /// - Throws: ``ForetapError/invalidArgument(_:)`` if the position is not on earth.
    public func place(latitude: Double, longitude: Double, granularity: Granularity = .city) throws -> String {
        try typed {
            try hashLocation(
                secret: secret,
                latitude: latitude,
                longitude: longitude,
                granularity: granularity.native
            )
        }
    }

    /// An opaque name for `text`, such as a Wi-Fi access point's; `label` names the purpose. 32 hexadecimal digits.
    public func token(label: String, text: String) throws -> String {
        try typed { try pseudonymToken(secret: secret, label: label, text: text) }
    }

    /// The pseudonym of a user id, 64 hexadecimal digits.
    public func userID(_ id: String) throws -> String {
        try typed { try hashUserId(secret: secret, id: id) }
    }

    /// The pseudonym of a device id, 64 hexadecimal digits.
    public func deviceID(_ id: String) throws -> String {
        try typed { try hashDeviceId(secret: secret, id: id) }
    }
}

extension Pseudonyms: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Nothing of the secret.
    public var description: String { "Pseudonyms(..)" }

    /// The same for debuggers.
    public var debugDescription: String { description }

    /// Nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
