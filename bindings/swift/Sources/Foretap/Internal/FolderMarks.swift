import Foundation

/// What is told to the system about the library's own folder.
protocol FolderMarks {
    /// What is in it can be read once the phone was unlocked after its start; new files inherit that.
    func protect(_ folder: URL) throws

    /// No backup takes it: on another phone nobody could open it.
    func excludeFromBackup(_ folder: URL) throws
}

/// As far as the system knows such marks.
struct SystemMarks: FolderMarks {
    func protect(_ folder: URL) throws {
        #if os(iOS) || os(tvOS) || os(watchOS) || os(visionOS)
            try FileManager.default.setAttributes(
                [.protectionKey: FileProtectionType.completeUntilFirstUserAuthentication],
                ofItemAtPath: folder.path(percentEncoded: false)
            )
        #else
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o700],
                ofItemAtPath: folder.path(percentEncoded: false)
            )
        #endif
    }

    func excludeFromBackup(_ folder: URL) throws {
        #if canImport(Darwin)
            var folder = folder
            var values = URLResourceValues()
            values.isExcludedFromBackup = true
            try folder.setResourceValues(values)
        #endif
    }
}
