import Foretap
import Foundation

/// What a ``ModelSyncSession`` carries out.
protocol ModelRun: Sendable {
    func next() throws -> ModelSyncStep
    func received(_ chunk: Data) throws -> Bool
    func completed() throws
    func absent(_ why: ModelSyncAbsence) throws
    func finish() throws -> ModelSyncReport
    func cancel() throws
}

extension ModelSync: ModelRun {}
