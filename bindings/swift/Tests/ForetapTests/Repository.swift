import Foundation

@testable import Foretap

/// The repository of models that `cargo xtask test swift` signs anew each time. Its time is that of the tests' clocks.
enum Repository {
    /// The first root, as a host ships it.
    static func root() throws -> Data { try Data(contentsOf: file("root/1")) }

    /// What lies under `path` once this release is out, if something does.
    static func content(_ path: String, release: Int) -> Data? {
        try? Data(contentsOf: file(path == "timestamp" ? "timestamps/\(release)" : path))
    }

    private static func file(_ path: String) -> URL { source("target/swift/repository/\(path)") }
}

extension ModelSync {
    /// Hands over what the run wants, up to its end; returns the paths that it asked for.
    @discardableResult
    func serve(release: Int) throws -> [String] {
        var paths: [String] = []
        while case .fetch(let path, let maxBytes) = try next() {
            paths.append(path)
            guard let content = Repository.content(path, release: release), content.count <= maxBytes else {
                try absent(.missing)
                continue
            }
            if try received(content) { try completed() }
        }
        return paths
    }
}
