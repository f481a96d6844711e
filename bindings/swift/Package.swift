// swift-tools-version: 6.0
import PackageDescription

// The generated bindings lie in Generated (`cargo xtask swift`). What they call is a library of this system on Linux, and
// the XCFramework that scripts/xcframework.sh builds on Apple's.
#if os(Linux)
    let native = Target.systemLibrary(name: "CForetap", path: "Generated/CForetap", pkgConfig: "foretap_ffi")
#else
    let native = Target.binaryTarget(name: "CForetap", path: "Foretap.xcframework")
#endif

let package = Package(
    name: "Foretap",
    defaultLocalization: "en",
    platforms: [.iOS(.v16), .macOS(.v13)],
    products: [
        .library(name: "Foretap", targets: ["Foretap"]),
        .library(name: "ForetapLocation", targets: ["ForetapLocation"]),
        .library(name: "ForetapSync", targets: ["ForetapSync"]),
    ],
    targets: [
        native,
        .target(
            name: "ForetapFFI",
            dependencies: ["CForetap"],
            path: "Generated/ForetapFFI",
            swiftSettings: [.swiftLanguageMode(.v5)],
            // What SQLCipher calls.
            linkerSettings: [
                .linkedFramework("CoreFoundation", .when(platforms: [.iOS, .macOS])),
                .linkedFramework("Security", .when(platforms: [.iOS, .macOS])),
            ]
        ),
        .target(
            name: "Foretap",
            dependencies: ["ForetapFFI"],
            resources: [.copy("PrivacyInfo.xcprivacy")]
        ),
        .target(name: "ForetapLocation", dependencies: ["Foretap"]),
        .target(name: "ForetapSync", dependencies: ["Foretap"]),
        .testTarget(name: "ForetapTests", dependencies: ["Foretap", "ForetapFFI"]),
        .testTarget(name: "ForetapSyncTests", dependencies: ["ForetapSync"]),
    ],
    swiftLanguageModes: [.v6]
)
