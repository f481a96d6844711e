/// What came of a ``ModelSync``. Nothing in it is about the person.
public struct ModelSyncReport: Hashable, Sendable {
    /// How it ended.
    public let ending: Ending
    /// Why a file was refused, where one was: English words without names or addresses, for developers.
    public let refusal: String?
    /// What trying a model on this phone's own log led to, where one was tried.
    public let conclusion: Conclusion?
    /// Whether another model answers now than before the run.
    public let modelChanged: Bool
    /// The version of the newest release that is trusted; `nil` before the first.
    public let release: Int?
    /// Name and version of the model that answers; `nil` where the statistics answer alone.
    public let model: String?
}

extension ModelSyncReport {
    /// How a run ended.
    public enum Ending: Hashable, CaseIterable, Sendable {
        /// The phone has the model that it is to have, or cannot use that one.
        case upToDate
        /// A model was fetched; ``ModelSyncReport/conclusion`` says what came of it.
        case fetched
        /// The phone went back to the model that the library ships.
        case withdrawn
        /// A file could not be fetched; to be tried again.
        case unreachable
        /// A file was refused: the server, or whoever stands between, is not to be believed.
        case refused
    }

    /// What trying a model led to.
    public enum Conclusion: Hashable, CaseIterable, Sendable {
        /// The one that came answers now, on trial.
        case activated
        /// The one on trial goes on.
        case goesOn
        /// The one on trial has proved itself.
        case proven
        /// It was given back, and the one before answers.
        case givenBack
    }
}
