import Foretap

/// What is kept, how much, what the person decided, and the ways to take it along or be rid of it.
public struct PrivacyPage: Hashable, Sendable {
    /// A decision in force.
    public struct Made: Hashable, Identifiable, Sendable {
        /// The decision, to take it back.
        public let decision: Decision
        /// What was decided.
        public let text: String
        /// When.
        public let since: String

        /// The decision's number.
        public var id: Int64 { decision.id }

        init(_ decision: Decision) {
            self.decision = decision
            text = decision.control.sentence
            since = "since \(Words.date(decision.at))"
        }
    }

    /// What the open log says of itself.
    public struct Log: Hashable, Sendable {
        /// How much is kept.
        public let amount: [Line]
        /// The decision that learning pauses; `nil` while it goes on.
        public let pause: Decision?
        /// The decisions in force, the oldest first.
        public let decisions: [Made]
        /// What the person allows to be sent.
        public let consent: UploadConsent
        /// What would be sent, the oldest first.
        public let uploads: [WaitingUpload]

        init(_ health: Health, _ decisions: [Decision], _ consent: UploadConsent, _ uploads: [WaitingUpload]) {
            amount = Self.amount(health)
            pause = decisions.first { if case .pauseLearning = $0.control { true } else { false } }
            self.decisions = decisions.map(Made.init)
            self.consent = consent
            self.uploads = uploads
        }

        private static func amount(_ health: Health) -> [Line] {
            let span = (health.newestMs ?? 0) - (health.oldestMs ?? 0)
            let days = health.events == 0 ? 0 : Int(span / 86_400_000) + 1
            return [
                Line("Events", Words.count(health.events)),
                Line("Days", Words.count(days)),
                Line("Size", Words.size(health.bytes)),
                Line("Deleted because of age or size", Words.count(health.purged)),
            ]
        }
    }

    /// What the log says of itself; `nil` where it is not open, and cannot be.
    public let log: Log?
    /// Everything that is stored, in the library's words.
    public let stored: [StoredPlace]
    /// Whether everything was just erased.
    public let isErased: Bool

    /// How the log is protected.
    public let protection =
        "Encrypted on this phone. The key is in the keychain of this device, and no backup takes the log. The widget's row "
        + "lies beside it in a file that iOS protects."
    /// What pausing means.
    public let pauseMeans = "Nothing is stored and nothing is learned until you switch it off again."
    /// What an export is.
    public let exportMeans =
        "An encrypted file that another phone can go on from. Actions that you excluded are not in it."
    /// What an import does.
    public let importMeans = "The history of the file, then what happened here."
    /// What a passphrase is.
    public let passphraseMeans = "The file opens with these words alone. Nobody can find them again."
    /// What erasing means.
    public let eraseMeans = "Log, habits, decisions and keys. There is no way back but an export."
    /// What is left after an erasure.
    public let erasedMeans = "Everything is erased. A new log begins when you go back to the home screen."
    /// What is uploaded.
    public let uploadsMean =
        "Nothing is ever sent unless you allow it. This app sends nothing even then: it is built without the part of the "
        + "library that can."
    /// What a report is.
    public let reportsMean =
        "How often guesses were right and how long they took: seven answers, each of which may be any other by chance."
    /// What a sample is.
    public let samplesMean =
        "What was known, at four unlocks a day at most, of what was opened and of one other candidate: coarse numbers without a "
        + "name, many of them left to chance."

    init(_ log: Log?, stored: [StoredPlace], isErased: Bool = false) {
        self.log = log
        self.stored = stored
        self.isErased = isErased
    }

    /// Whether a passphrase is of a length that an export takes.
    public static func isPassphrase(_ words: String) -> Bool { (8...1_024).contains(words.utf8.count) }
}

extension WaitingUpload {
    /// The batch in a few words, for the page.
    public var title: String { "A batch of \(Words.size(bytes.count))" }
}

extension StoredField {
    /// The field in a few lines, for the page.
    public var lines: String { "\(what)\nkept: \(keeping)\nread by: \(readers)\n\(sensitivity)" }
}
