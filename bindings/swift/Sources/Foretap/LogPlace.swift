import Foundation

/// Where a log lies.
public struct LogPlace: Hashable, Sendable {
    private enum Kind: Hashable, Sendable {
        case file(URL)
    }

    private let kind: Kind

    /// This file, for hosts that keep their log elsewhere, for servers and tests. Its folder is made if it is missing;
    /// other files of the same name with something behind it lie beside it.
    public static func file(_ url: URL) -> LogPlace { LogPlace(kind: .file(url)) }

    /// The files of a log at this place.
    ///
    /// - Throws: ``ForetapError/invalidArgument(_:)`` if there is no such place.
    func files() throws -> LogFiles {
        switch kind {
        case .file(let url):
            guard url.isFileURL else { throw ForetapError.invalidArgument("the log's place is not a file") }
            return LogFiles(log: url, folder: nil, isShared: false)
        }
    }
}
