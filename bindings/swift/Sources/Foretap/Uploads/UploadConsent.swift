/// What the person allows to be sent: two permissions, given or not one by one. Neither is given before the person gives it.
public struct UploadConsent: Hashable, Sendable {
    /// A day in numbers, noisy by randomised response: how often predictions were right, how long they took.
    public var reports: Bool
    /// What was known at some unlocks of what was opened and of one other candidate, as coarse numbers with noise and without
    /// a name.
    public var samples: Bool

    /// What the person allows.
    public init(reports: Bool = false, samples: Bool = false) {
        self.reports = reports
        self.samples = samples
    }
}
