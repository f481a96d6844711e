import Foretap
import Foundation

/// Why something did not work, in words for the person. None of them comes from what failed.
public struct Problem: Hashable, Sendable {
    /// What helps.
    public enum Remedy: Hashable, Sendable {
        /// To try again.
        case retry
        /// To open the log again, then to try again.
        case reopen
        /// To erase what nobody can read any more, and to begin anew.
        case startOver
        /// Nothing in this version of the app.
        case none
    }

    /// What happened.
    public let text: String
    /// What helps.
    public let remedy: Remedy

    private init(_ text: String, _ remedy: Remedy) {
        self.text = text
        self.remedy = remedy
    }

    /// What the button says; `nil` where there is nothing to press.
    public var button: String? {
        switch remedy {
        case .retry, .reopen: "Retry"
        case .startOver: "Start over"
        case .none: nil
        }
    }

    /// The same for what only the person can begin again.
    var withoutRetry: Problem { remedy == .retry ? Problem(text, .none) : self }

    /// What an error means for the person; `nil` where it is nobody's concern: the work was given up, or what it was
    /// about is erased.
    init?(_ error: any Error) {
        if error is CancellationError { return nil }
        switch error as? ForetapError {
        case .closed: return nil
        case .keyUnavailable: self.init("The keychain does not answer now. Unlock the phone and try again.", .retry)
        case .keyLost:
            let text = "The key of what was learned is lost. Nobody can read it any more. You can start over."
            self.init(text, .startOver)
        case .keyMismatch:
            self.init("The key of this phone does not open what was learned. You can start over.", .startOver)
        case .inUse: self.init("The log is open elsewhere.", .retry)
        case .transient: self.init("The storage is busy or full. Nothing was changed.", .retry)
        case .damaged: self.init("What was learned is damaged. It is set aside when it is opened again.", .reopen)
        case .newer: self.init("This was written by a newer version. Update the app.", .none)
        case .wrongSecret: self.init("The passphrase does not open this file.", .none)
        case .badExport: self.init("This file is no export, or it was changed.", .none)
        case .file: self.init("The file could not be read or written.", .none)
        case .invalidArgument, .internal, .other, nil: self.init("Something went wrong.", .retry)
        }
    }
}
