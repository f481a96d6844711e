/// A ranking for an unlock that just happened.
public struct UnlockRanking: Sendable {
    /// The ranking.
    public let ranking: Ranking
    /// How long it took to get here.
    public let times: UnlockTimes
    /// Whether the person arrived. `false` where they were here already, and something that lay over the app is gone
    /// (Control Center, Face ID, a question of iOS): a host that shows what comes next goes on with that.
    public internal(set) var isArrival: Bool

    /// Says that the row is on the screen: to be called in `onAppear`, `viewDidAppear` or where the host knows better.
    public func drawn() {
        times.reach(.drawn)
    }
}
