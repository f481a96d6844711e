// swift-tools-version: 6.0
import PackageDescription

// The demo's logic, which is compiled and tested on any system. The app and its widget are views over it: project.yml.
let package = Package(
    name: "TicketsKit",
    platforms: [.iOS(.v16), .macOS(.v13)],
    products: [.library(name: "TicketsKit", targets: ["TicketsKit"])],
    dependencies: [.package(name: "Foretap", path: "../bindings/swift")],
    targets: [
        .target(name: "TicketsKit", dependencies: [.product(name: "Foretap", package: "Foretap")]),
        .testTarget(name: "TicketsKitTests", dependencies: ["TicketsKit"]),
    ],
    swiftLanguageModes: [.v6]
)
