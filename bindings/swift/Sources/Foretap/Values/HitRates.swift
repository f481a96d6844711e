/// How often what was opened was predicted.
public struct HitRates: Hashable, Sendable {
    /// How many openings there were to predict.
    public let questions: Int
    /// The rate of the predictions; `nil` where there was nothing to predict.
    public let foretap: HitRate?
    /// That of the best simple rule (most used, most recent, ...), chosen after the fact.
    public let bestRule: HitRate?
}
