import Foundation
import Testing

@testable import ForetapSync

@Suite struct CertificateKeyTests {
    /// A certificate that `openssl req -x509` made, and what `openssl x509 -pubkey` and `openssl pkey -outform der` say
    /// its key is; both in Base64.
    struct Made: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let certificate: String
        let key: String
    }

    @Test("the key of a certificate is found byte for byte", arguments: made)
    func key(of made: Made) throws {
        let certificate = try #require(Data(base64Encoded: made.certificate))
        #expect(CertificateKey.of(certificate)?.base64EncodedString() == made.key)
        // Inside other bytes too, where indices do not begin at 0.
        #expect(CertificateKey.of((Data([1, 2, 3]) + certificate)[3...])?.base64EncodedString() == made.key)
    }

    @Test("what is cut off or no certificate has no key", arguments: made)
    func noKey(of made: Made) throws {
        let certificate = try #require(Data(base64Encoded: made.certificate))
        for count in 0..<certificate.count { #expect(CertificateKey.of(certificate.prefix(count)) == nil) }
        let key = try #require(Data(base64Encoded: made.key))
        #expect(CertificateKey.of(key) == nil)
        #expect(CertificateKey.of(Data(repeating: 0x30, count: 64)) == nil)
        #expect(CertificateKey.of(Data([0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF])) == nil)
    }

    @Test("no changed byte makes it read beyond the end")
    func changed() throws {
        for made in Self.made {
            let certificate = try #require(Data(base64Encoded: made.certificate))
            for index in certificate.indices.prefix(200) {
                for byte in [UInt8(0), 0x30, 0x7F, 0x80, 0x81, 0x83, 0xFF] {
                    var changed = certificate
                    changed[index] = byte
                    #expect((CertificateKey.of(changed)?.count ?? 0) < certificate.count)
                }
            }
        }
    }

    static let made = [
        Made(
            testDescription: "RSA of 2,048 bits",
            certificate: """
                MIIDCTCCAfGgAwIBAgIUPpA7M/oxOb2F/l4tFzPcUE7M/sUwDQYJKoZIhvcNAQELBQAwFDESMBAGA1UEAwwJbG9jYWxob3\
                N0MB4XDTI2MTEyMjAyMDIwMFoXDTM2MTExOTAyMDIwMFowFDESMBAGA1UEAwwJbG9jYWxob3N0MIIBIjANBgkqhkiG9w0B\
                AQEFAAOCAQ8AMIIBCgKCAQEAp07HaMXAAetkmYdOcYmIWNVWMOAM9YjlLKdSEuFnQBHYdkIWukavogeyGCV9QGPlcE6Cfo\
                47fT3sWRTidFflGtQ05SGibAwFchFlu16S5K3amB7GcrNEAzalEnyN+AIxAm/pzY03Qz5s86o58OhHQtEfWJAR6ep6km8h\
                qUPq5jSXsAUW+jcXi137SiaAT9PW6Szftt0xisTKsTdM6g9aoBzfafld+AJyTHapN2Yl4VgChYb1W+IcSWOdKsmNaCO8OV\
                R36nZRCURaUwZiM7l0/69G6WA8Eb5xn+R0lGaNrltSipllnCE/YtxQKKok1uKdzAbX5nDKFNNuDyT2PfnVYQIDAQABo1Mw\
                UTAdBgNVHQ4EFgQUer77i/lq3N3/3g8C8TDBUNoEU54wHwYDVR0jBBgwFoAUer77i/lq3N3/3g8C8TDBUNoEU54wDwYDVR\
                0TAQH/BAUwAwEB/zANBgkqhkiG9w0BAQsFAAOCAQEAmNLO6v8rlGJ7HI+pW0EEx237JDBKNR1dCwR1zMAH8HiDwT7RUJto\
                ZpOa/HpUIpeogz7/rXZS7j2FcHXL1YnV2rjkiIhclbD5AQg6sSSfAsEsfwMAd6VyepEjUdkcd8UT34Ebxas9u09hYFF2Lf\
                9CB/omRlzn0Z2FAGUdeJgvyNfZWZ9Ks9RTxW3r+Zil1Mz1kJKuSvOBHLdlEoMUxYx+1xj+sUK/KOTYZ4Qju7lSL+3n8Hk0\
                WJ0nUdHvKoO1UYboI553eKSVR8p0FWR3XpuUmzjzB7P37/I949JgqnEeY+HlQpc7TTdzRnadWtHZJ0Mz+b+0CxxjljSfVn\
                jtc20LGg==
                """,
            key: """
                MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAp07HaMXAAetkmYdOcYmIWNVWMOAM9YjlLKdSEuFnQBHYdkIWuk\
                avogeyGCV9QGPlcE6Cfo47fT3sWRTidFflGtQ05SGibAwFchFlu16S5K3amB7GcrNEAzalEnyN+AIxAm/pzY03Qz5s86o5\
                8OhHQtEfWJAR6ep6km8hqUPq5jSXsAUW+jcXi137SiaAT9PW6Szftt0xisTKsTdM6g9aoBzfafld+AJyTHapN2Yl4VgChY\
                b1W+IcSWOdKsmNaCO8OVR36nZRCURaUwZiM7l0/69G6WA8Eb5xn+R0lGaNrltSipllnCE/YtxQKKok1uKdzAbX5nDKFNNu\
                DyT2PfnVYQIDAQAB
                """
        ),
        Made(
            testDescription: "P-256",
            certificate: """
                MIIBfTCCASOgAwIBAgIUfkuOZ/94kDVrGdx72i0o3YmpAhowCgYIKoZIzj0EAwIwFDESMBAGA1UEAwwJbG9jYWxob3N0MB\
                4XDTI2MTEyMjAyMDIwMFoXDTM2MTExOTAyMDIwMFowFDESMBAGA1UEAwwJbG9jYWxob3N0MFkwEwYHKoZIzj0CAQYIKoZI\
                zj0DAQcDQgAEMiCjGItKZGHpUOm/SD0GzqIGBMhCPPfEgA95qL1PuFsJKs/h3KALfwU4dQpW38EaSgiOch+SCSpXFK0pyq\
                4w2aNTMFEwHQYDVR0OBBYEFKpGsW7X83tFysadGw6UU/LKN6V9MB8GA1UdIwQYMBaAFKpGsW7X83tFysadGw6UU/LKN6V9\
                MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIgTK7EaLcji2nOOi7Baq29Fm2iSrjFop82wzRTFn3W+f4CIQ\
                DVI9SRdJ26pzOj8wxKjaVhyR2VZZujmQsi7OxebhsVog==
                """,
            key: """
                MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEMiCjGItKZGHpUOm/SD0GzqIGBMhCPPfEgA95qL1PuFsJKs/h3KALfwU4dQ\
                pW38EaSgiOch+SCSpXFK0pyq4w2Q==
                """
        ),
        Made(
            testDescription: "Ed25519",
            certificate: """
                MIIBPDCB76ADAgECAhQiZfNvygK6gTbUuQPfWPiN5R+34zAFBgMrZXAwFDESMBAGA1UEAwwJbG9jYWxob3N0MB4XDTI2MT\
                EyMjAyMDIwMFoXDTM2MTExOTAyMDIwMFowFDESMBAGA1UEAwwJbG9jYWxob3N0MCowBQYDK2VwAyEAWYUpw0pPfAWoNyM5\
                PiY6FZBVZTeTzqcP5uf6C1nS5pyjUzBRMB0GA1UdDgQWBBS1U1/p0vw/9lz2lGrIb4CEJdizejAfBgNVHSMEGDAWgBS1U1\
                /p0vw/9lz2lGrIb4CEJdizejAPBgNVHRMBAf8EBTADAQH/MAUGAytlcANBABn0VV5V8IjASwG0vMNSkcWafGGsf4sPdDdJ\
                0kZEb8KWPjctLf7qRkVP3p1m26FYbo4zvAX47icT2XxaFAuFoAc=
                """,
            key: """
                MCowBQYDK2VwAyEAWYUpw0pPfAWoNyM5PiY6FZBVZTeTzqcP5uf6C1nS5pw=
                """
        ),
        Made(
            testDescription: "P-256, in a certificate of version 1",
            certificate: """
                MIIBIzCByQIUIwPIkHXL3WcwYwWG2UeSjODQE7gwCgYIKoZIzj0EAwIwFDESMBAGA1UEAwwJbG9jYWxob3N0MB4XDTI2MT\
                EyMjAyMDIwMFoXDTM2MTExOTAyMDIwMFowFDESMBAGA1UEAwwJbG9jYWxob3N0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcD\
                QgAEMiCjGItKZGHpUOm/SD0GzqIGBMhCPPfEgA95qL1PuFsJKs/h3KALfwU4dQpW38EaSgiOch+SCSpXFK0pyq4w2TAKBg\
                gqhkjOPQQDAgNJADBGAiEAiIFTLhHDg/ZlRfgAABvh9v15BayBPmdNeAb08olJpjkCIQD9U1TSHg7hV+aV1q1VAVKLe2KF\
                6XXIdx+DMEWPOTQ0+g==
                """,
            key: """
                MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEMiCjGItKZGHpUOm/SD0GzqIGBMhCPPfEgA95qL1PuFsJKs/h3KALfwU4dQ\
                pW38EaSgiOch+SCSpXFK0pyq4w2Q==
                """
        ),
    ]
}
