import Foretap

/// How often predictions come true, beside the best simple rule; and how long a row takes, beside its budgets.
public struct HealthPage: Hashable, Sendable {
    /// How good predictions are at a moment.
    public struct Card: Hashable, Sendable {
        /// Which moment.
        public let title: String
        /// The last days; empty where there was nothing to predict.
        public let periods: [Period]
        /// How far the model is trusted; `nil` without one.
        public let trust: String?
    }

    /// Some days.
    public struct Period: Hashable, Sendable {
        /// Which days.
        public let title: String
        /// How much there was to predict.
        public let count: String
        /// Foretap's rate and that of the best simple rule.
        public let bars: [Bar]
    }

    /// How many unlocks the times are of.
    public let unlocks: String
    /// From the unlock to the drawn row; empty before the first.
    public let marks: [Bar]
    /// What the bars of the times say.
    public let marksLegend = "Strong: the median. Pale: 95 percent are faster. The line is the budget."
    /// How good predictions are, moment by moment.
    public let cards: [Card]
    /// What the bars of the rates say.
    public let cardsLegend =
        "Strong: it was predicted first. Pale: it was among the first three. The best simple rule (most used, most recent, "
        + "…) is chosen after the fact."
    /// What the engine is made of.
    public let engine: [Line]

    init(_ health: Health, latency: UnlockLatency) {
        let count = latency.unlocks.count
        unlocks =
            count == 0
            ? "No arrival since the app was started."
            : "\(Words.count(count, "arrival", "arrivals")) since the app was started"
        marks = count == 0 ? [] : Self.marks(latency)
        cards = [Moment.unlock, .next, .unlockOrResume].compactMap { moment in
            health.moments[moment].map { Self.card(moment, $0) }
        }
        engine = Self.engine(health)
    }

    private static func marks(_ latency: UnlockLatency) -> [Bar] {
        let quantiles = UnlockMark.allCases.map { mark in
            (mark, latency.quantileNs(mark, share: 0.5), latency.quantileNs(mark, share: 0.95))
        }
        let budgets = UnlockMark.allCases.map { Double($0.budgetMs) * nsPerMs }
        let scale = max(quantiles.compactMap { $0.2.map(Double.init) }.max() ?? 0, budgets.max() ?? 0)
        return quantiles.map { mark, median, most in
            let limit = Double(mark.budgetMs) * nsPerMs / scale
            guard let median, let most else {
                return Bar(title(mark), "not reached", strong: 0, pale: 0, limit: limit)
            }
            return Bar(
                title(mark),
                "\(Words.ms(Int(median))) / \(Words.ms(Int(most))) of \(mark.budgetMs) ms",
                strong: Double(median) / scale,
                pale: Double(most) / scale,
                limit: limit,
                // To the millisecond, as the budgets are.
                isBeyond: most / Int64(nsPerMs) > mark.budgetMs
            )
        }
    }

    private static func card(_ moment: Moment, _ health: MomentHealth) -> Card {
        let periods = [("Last 7 days", health.week), ("Last 30 days", health.month)].map { title, rates in
            Period(
                title: title,
                count: "\(Words.count(rates.questions, "action", "actions")) to predict",
                bars: [("Foretap", rates.foretap), ("Best simple rule", rates.bestRule)].compactMap { label, rate in
                    rate.map { bar(label, $0) }
                }
            )
        }
        return Card(
            title: title(moment),
            periods: health.month.questions == 0 ? [] : periods,
            trust: health.trust.map { "The model is trusted \(Int(($0 * 100).rounded()))%" }
        )
    }

    private static func bar(_ label: String, _ rate: HitRate) -> Bar {
        let (first, three) = (Words.wholePercent(rate.at1), Words.wholePercent(rate.at3))
        return Bar(label, "first \(first)%, in three \(three)%", strong: rate.at1, pale: rate.at3)
    }

    private static func engine(_ health: Health) -> [Line] {
        let refused = health.modelRefused.map { "refused: \($0)" }
        let lines = [
            Line("Events", Words.count(health.events)),
            Line("Actions learned from", Words.count(health.openings)),
            Line("Kinds of action known", Words.count(health.items)),
            Line("Model", health.model ?? refused ?? "none"),
        ]
        let times = [("Rankings computed", health.computed), ("Rankings prepared ahead", health.prepared)]
        return lines
            + times.compactMap { label, durations in
                guard let median = durations.p50Ns, let most = durations.p95Ns else { return nil }
                let words = "median \(Words.ms(median)) ms, 95 percent within \(Words.ms(most)) ms"
                return Line(label, "\(Words.count(durations.count)): \(words)")
            }
    }

    private static func title(_ moment: Moment) -> String {
        switch moment {
        case .unlock: "First action after coming to the app"
        case .unlockOrResume: "The same, with the action that was open"
        case .next: "Next action"
        }
    }

    private static func title(_ mark: UnlockMark) -> String {
        switch mark {
        case .requested: "Asked"
        case .inferred: "Ranked"
        case .delivered: "Handed over"
        case .drawn: "Drawn"
        }
    }

    private static let nsPerMs: Double = 1_000_000
}
