/// Something that happened.
public struct Event: Hashable, Sendable {
    /// What.
    public var kind: EventKind
    /// When; `nil` for the moment in which it is recorded.
    public var at: Timestamp?
    /// In which surroundings.
    public var context: PhoneContext
    /// For a launch, the slot of a ranking that it was opened from.
    public var slot: Slot?

    /// An event.
    public init(_ kind: EventKind, at: Timestamp? = nil, context: PhoneContext = .unknown, slot: Slot? = nil) {
        self.kind = kind
        self.at = at
        self.context = context
        self.slot = slot
    }

    /// The person did the action of this id, from `slot` of a ranking if they did.
    public static func action(
        _ id: String,
        profile: UInt32 = 0,
        at: Timestamp? = nil,
        context: PhoneContext = .unknown,
        slot: Slot? = nil
    ) -> Event {
        .launch(Item(id, profile: profile), at: at, context: context, slot: slot)
    }

    /// The person did what the item stands for, from `slot` of a ranking if they did.
    public static func launch(
        _ item: Item,
        at: Timestamp? = nil,
        context: PhoneContext = .unknown,
        slot: Slot? = nil
    ) -> Event {
        Event(.launch(item), at: at, context: context, slot: slot)
    }

    /// The person unlocked the phone, or came back to the app.
    public static func unlock(at: Timestamp? = nil, context: PhoneContext = .unknown) -> Event {
        Event(.unlock, at: at, context: context)
    }

    /// The phone was locked, or the app left.
    public static func lock(at: Timestamp? = nil) -> Event {
        Event(.lock, at: at)
    }
}
