import Foundation

extension URL {
    /// The path of a file, percent signs undone.
    ///
    /// - Throws: ``ForetapError/invalidArgument(_:)`` if this is none.
    func pathOfFile() throws -> String {
        guard isFileURL else { throw ForetapError.invalidArgument("this is not the address of a file") }
        return path(percentEncoded: false)
    }
}
