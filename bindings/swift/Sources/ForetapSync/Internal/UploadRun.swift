import Foretap

/// What an ``UploadSession`` carries out.
protocol UploadRun: Sendable {
    func next() throws -> UploadStep
    func taken() throws
    func refused() throws
    func failed() throws
    @discardableResult func finish() throws -> UploadReport
}

extension Upload: UploadRun {}
