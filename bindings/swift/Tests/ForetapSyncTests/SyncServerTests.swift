import Testing

@testable import ForetapSync

@Suite struct SyncServerTests {
    private static let hash = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
    private static let pin = "sha256/" + hash

    @Test("a server without a pin is refused")
    func noPins() {
        refused(.noPins, pins: [])
    }

    @Test("a pin is the hash of a key")
    func pins() throws {
        let hash = Self.hash
        for pin in ["", "sha256/", "sha256/AAAA", "sha1/" + hash, hash, "sha256/*", Self.pin + hash] {
            refused(.notAPin, pins: [Self.pin, pin])
        }
        #expect(try SyncServer(address: "https://example.org", pins: [Self.pin]).pins.first?.count == 32)
    }

    @Test("an address is a host and a path behind https")
    func addresses() throws {
        refused(.notAnAddress, "canary")
        refused(.notAnAddress, "")
        refused(.notAnAddress, "https://")
        refused(.notHTTPS, "http://canary.example.org/")
        refused(.moreThanAnAddress, "https://canary@example.org/")
        refused(.moreThanAnAddress, "https://:canary@example.org/")
        refused(.moreThanAnAddress, "https://example.org/?canary")
        refused(.moreThanAnAddress, "https://example.org/#canary")
        for address in ["https://example.org", "https://example.org:8443/a/b", "https://example.org/a/"] {
            let server = try SyncServer(address: address, pins: [Self.pin])
            let base = address.hasSuffix("/") ? address : address + "/"
            #expect(try server.url(of: SyncPath("root/3")).absoluteString == base + "root/3")
        }
    }

    private func refused(
        _ problem: SyncConfigurationError,
        _ address: String = "https://example.org",
        pins: Set<String> = [pin]
    ) {
        #expect(throws: problem) { try SyncServer(address: address, pins: pins) }
        #expect(!problem.localizedDescription.contains("canary"))
    }
}
