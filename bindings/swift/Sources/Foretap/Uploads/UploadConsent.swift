/// What the person allows to be sent: two permissions, given or not one by one. Neither is given before the person gives it.
public struct UploadConsent: Hashable, Sendable {
    /// A day in numbers, noisy by randomised response: how often predictions were right, how long they took.
    public var reports: Bool
    /// What was known at some unlocks, as coarse numbers without a name, and which candidate was opened.
    public var samples: Bool

    /// What the person allows.
    public init(reports: Bool = false, samples: Bool = false) {
        self.reports = reports
        self.samples = samples
    }
}
