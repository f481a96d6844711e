import Foretap
import Foundation

/// The repository of models that `cargo xtask test swift` signs anew each time.
enum Repository {
    /// When its first release is out.
    static let now = Timestamp(epochMs: 1_770_019_200_000, utcOffsetMinutes: 60)

    /// The first root, as a host ships it.
    static func root() throws -> Data { try Data(contentsOf: file("root/1")) }

    /// What a server answers once this release is out.
    static func answer(_ request: LocalServer.Request, release: Int) -> Answer {
        let path = request.target.replacingOccurrences(of: "/models/v1/", with: "")
        let place = file(path == "timestamp" ? "timestamps/\(release)" : path)
        guard let content = try? Data(contentsOf: place) else { return Answer(404) }
        return Answer(body: content)
    }

    private static func file(_ path: String) -> URL {
        (0..<5).reduce(URL(filePath: #filePath)) { url, _ in url.deletingLastPathComponent() }
            .appending(path: "target/swift/repository/\(path)")
    }
}

extension LocalServer.Request {
    /// The first name of what is asked for, as `delta`.
    var kind: String { target.split(separator: "/").dropFirst(2).first.map(String.init) ?? "" }
}

extension Answer {
    /// The same answer with another byte in the middle of its body.
    var tampered: Answer {
        var answer = self
        answer.body[answer.body.count / 2] ^= 1
        return answer
    }

    /// Half of the body, then nothing.
    var stuck: Answer {
        var answer = self
        answer.manner = .half
        return answer
    }
}
