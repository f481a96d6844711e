/// Where the person is, by what was heard.
struct Presence: Sendable {
    /// Within which the app's coming to the front belongs to the unlock before, in milliseconds: the phone is unlocked, the
    /// lock screen swiped away, and the app is what lay below.
    static let oneArrivalMs: Int64 = 60_000

    private enum State {
        case unknown
        case away
        case unlocked(Timestamp)
        case here
    }

    private var state = State.unknown

    /// Whether the signal is one of an arrival or of leaving that was not heard of before.
    func isNew(_ signal: UnlockSignal) -> Bool {
        switch (signal.kind, state) {
        case (.lock, .away), (.unlock, .unlocked), (.unlock, .here), (.resume, .here): false
        // A phone that was unlocked for something else: the person comes to the app when they come to it.
        case (.resume, .unlocked(let unlocked)):
            !(0...Self.oneArrivalMs).contains(signal.at.epochMs - unlocked.epochMs)
        default: true
        }
    }

    /// The signal was dealt with.
    mutating func take(_ signal: UnlockSignal) {
        switch (signal.kind, state) {
        case (.lock, _): state = .away
        case (.resume, _): state = .here
        case (.unlock, .unknown), (.unlock, .away): state = .unlocked(signal.at)
        case (.unlock, _): break
        }
    }
}
