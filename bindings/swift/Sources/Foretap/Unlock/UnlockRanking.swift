/// A ranking for an unlock that just happened.
public struct UnlockRanking: Sendable {
    /// The ranking.
    public let ranking: Ranking
    /// How long it took to get here.
    public let times: UnlockTimes

    /// Says that the row is on the screen: to be called in `onAppear`, `viewDidAppear` or where the host knows better.
    public func drawn() {
        times.reach(.drawn)
    }
}
