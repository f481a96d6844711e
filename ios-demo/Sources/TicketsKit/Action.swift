import Foretap

/// What a passenger can do in this app.
public enum Action: String, CaseIterable, Identifiable, Sendable {
    /// The tickets that are valid now.
    case tickets
    /// A new ticket.
    case buy
    /// A trip from here to there.
    case plan
    /// What leaves from the stops nearby.
    case departures
    /// The stamp on a ticket.
    case validate
    /// Word of a late vehicle.
    case delay
    /// Money on the travel card.
    case topUp = "top_up"
    /// The pass of a month or a year.
    case seasonPass = "season_pass"
    /// Something was left behind.
    case lostAndFound = "lost_and_found"
    /// A person who can help.
    case support

    /// What the log knows it by: never to be changed, or what was learned about it is lost.
    public var id: String { rawValue }

    /// The same for the engine.
    public var item: Item { Item(rawValue) }

    /// The action of an item; `nil` for one that this version does not have.
    public init?(_ item: Item) {
        guard item.profile == 0 else { return nil }
        self.init(rawValue: item.id)
    }

    /// What a button says.
    public var title: String {
        switch self {
        case .tickets: "My tickets"
        case .buy: "Buy a ticket"
        case .plan: "Plan a trip"
        case .departures: "Departures near me"
        case .validate: "Validate"
        case .delay: "Report a delay"
        case .topUp: "Top up"
        case .seasonPass: "Season pass"
        case .lostAndFound: "Lost and found"
        case .support: "Call support"
        }
    }

    /// The name of its SF Symbol.
    public var symbol: String {
        switch self {
        case .tickets: "ticket"
        case .buy: "cart"
        case .plan: "map"
        case .departures: "tram"
        case .validate: "checkmark.seal"
        case .delay: "clock.badge.exclamationmark"
        case .topUp: "creditcard"
        case .seasonPass: "calendar"
        case .lostAndFound: "umbrella"
        case .support: "phone"
        }
    }

    /// What a real app would show on its page.
    public var page: String {
        switch self {
        case .tickets: "A real app shows the tickets that are valid now."
        case .buy: "A real app sells a ticket here."
        case .plan: "A real app looks for a trip here."
        case .departures: "A real app shows what leaves from the stops nearby."
        case .validate: "A real app asks whether to stamp the ticket."
        case .delay: "A real app takes word of a late vehicle here."
        case .topUp: "A real app puts money on the travel card here."
        case .seasonPass: "A real app renews the pass here."
        case .lostAndFound: "A real app takes the description of what was left behind."
        case .support: "A real app asks whether to call."
        }
    }

    /// The name that reasons and decisions use for an item.
    static func name(of item: Item) -> String { Action(item)?.title ?? "Something this version does not have" }
}
