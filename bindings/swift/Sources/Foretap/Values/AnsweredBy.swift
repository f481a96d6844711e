/// What gave a ranking.
public enum AnsweredBy: Hashable, CaseIterable, Sendable {
    /// Nothing was opened yet: the host's order.
    case hostOrder
    /// The statistics of this person: there is no model, or it could not answer.
    case mixer
    /// The same, corrected by the model as far as this phone trusts it.
    case model
}
