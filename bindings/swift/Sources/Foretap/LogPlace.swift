import Foundation

/// Where a log lies.
public struct LogPlace: Hashable, Sendable {
    private enum Kind: Hashable, Sendable {
        case applicationSupport
        case appGroup(String)
        case container(URL)
        case file(URL)
    }

    private let kind: Kind

    /// A folder of this library's own among the app's files: in no backup, and readable once the phone was unlocked after
    /// its start, so that a widget or a background task finds it while the screen is locked.
    public static let applicationSupport = LogPlace(kind: .applicationSupport)

    /// A folder of this library's own in the container of an app group such as `group.com.example.app`, for a host whose
    /// widget shows a ``WidgetRanking``: in no backup, readable as ``applicationSupport``.
    ///
    /// iOS ends an app that is suspended while it holds a lock on a file there, or a database that it does not know for
    /// one. So the log there is not locked, and its first 32 bytes, which say no more than that it is a database, are not
    /// encrypted. One process alone may open it, the app: nothing but that rule keeps a second one out.
    public static func appGroup(_ identifier: String) -> LogPlace { LogPlace(kind: .appGroup(identifier)) }

    /// What an app group's container would be, for tests.
    static func container(_ url: URL) -> LogPlace { LogPlace(kind: .container(url)) }

    /// This file, for hosts that keep their log elsewhere, for servers and tests. Its folder is made if it is missing;
    /// other files of the same name with something behind it lie beside it. Whether a backup takes it, and when it can be
    /// read, is the host's to decide.
    public static func file(_ url: URL) -> LogPlace { LogPlace(kind: .file(url)) }

    /// The files of a log at this place.
    ///
    /// - Throws: ``ForetapError/invalidArgument(_:)`` if there is no such place.
    func files() throws -> LogFiles {
        switch kind {
        case .applicationSupport:
            return LogFiles(folder: try Self.support().appendingPathComponent("foretap", isDirectory: true))
        case .appGroup(let identifier):
            guard let container = FileManager.default.container(ofGroup: identifier) else {
                throw ForetapError.invalidArgument("the app does not belong to this app group")
            }
            return try LogPlace.container(container).files()
        case .container(let url):
            return LogFiles(folder: url.appendingPathComponent("foretap", isDirectory: true), isShared: true)
        case .file(let url):
            guard url.isFileURL else { throw ForetapError.invalidArgument("the log's place is not a file") }
            return LogFiles(log: url, folder: nil, isShared: false)
        }
    }

    /// The folder of the app's own files. Where apps share one, as on a Mac without a sandbox, the app's part of it.
    private static func support() throws -> URL {
        guard
            let folder = FileManager.default.urls(for: .applicationSupportDirectory, in: .userDomainMask).first
        else { throw ForetapError.transient("there is no folder for the app's files") }
        #if os(iOS) || os(tvOS) || os(watchOS) || os(visionOS)
            return folder
        #else
            let app = Bundle.main.bundleIdentifier ?? ProcessInfo.processInfo.processName
            return folder.appendingPathComponent(app, isDirectory: true)
        #endif
    }
}

extension FileManager {
    /// The container of an app group; `nil` where the app has no part in it.
    fileprivate func container(ofGroup identifier: String) -> URL? {
        #if canImport(Darwin)
            containerURL(forSecurityApplicationGroupIdentifier: identifier)
        #else
            nil
        #endif
    }
}
