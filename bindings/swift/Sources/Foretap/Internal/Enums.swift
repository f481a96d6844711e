import Foundation
internal import ForetapFFI

// Enums that have the same names on both sides; a test holds them to that.

extension PlaceLabel {
    var native: ForetapFFI.PlaceLabel {
        switch self {
        case .home: .home
        case .work: .work
        case .commute: .commute
        case .other: .other
        }
    }
}

extension Network {
    var native: ForetapFFI.Network {
        switch self {
        case .wifi: .wifi
        case .fiveG: .fiveG
        case .fourG: .fourG
        case .threeG: .threeG
        case .cellular: .cellular
        case .offline: .offline
        }
    }
}

extension Battery {
    var native: ForetapFFI.Battery {
        switch self {
        case .charging: .charging
        case .high: .high
        case .medium: .medium
        case .low: .low
        }
    }
}

extension Audio {
    var native: ForetapFFI.Audio {
        switch self {
        case .phone: .phone
        case .headphones: .headphones
        case .car: .car
        case .speaker: .speaker
        }
    }
}

extension Moment {
    var native: ForetapFFI.Moment {
        switch self {
        case .unlock: .unlock
        case .unlockOrResume: .unlockOrResume
        case .next: .next
        }
    }
}

extension Granularity {
    var native: ForetapFFI.Granularity {
        switch self {
        case .city: .city
        case .district: .district
        case .block: .block
        }
    }
}

extension Durability {
    var native: ForetapFFI.Durability {
        switch self {
        case .normal: .normal
        case .full: .full
        }
    }
}

extension Locale.Weekday {
    var native: ForetapFFI.Weekday {
        switch self {
        case .monday: .monday
        case .tuesday: .tuesday
        case .wednesday: .wednesday
        case .thursday: .thursday
        case .friday: .friday
        case .saturday: .saturday
        case .sunday: .sunday
        @unknown default: .monday
        }
    }
}

extension ForetapFFI.PlaceLabel {
    var `public`: PlaceLabel {
        switch self {
        case .home: .home
        case .work: .work
        case .commute: .commute
        case .other: .other
        }
    }
}

extension ForetapFFI.Network {
    var `public`: Network {
        switch self {
        case .wifi: .wifi
        case .fiveG: .fiveG
        case .fourG: .fourG
        case .threeG: .threeG
        case .cellular: .cellular
        case .offline: .offline
        }
    }
}

extension ForetapFFI.Battery {
    var `public`: Battery {
        switch self {
        case .charging: .charging
        case .high: .high
        case .medium: .medium
        case .low: .low
        }
    }
}

extension ForetapFFI.Audio {
    var `public`: Audio {
        switch self {
        case .phone: .phone
        case .headphones: .headphones
        case .car: .car
        case .speaker: .speaker
        }
    }
}

extension ForetapFFI.Moment {
    var `public`: Moment {
        switch self {
        case .unlock: .unlock
        case .unlockOrResume: .unlockOrResume
        case .next: .next
        }
    }
}

extension ForetapFFI.AnsweredBy {
    var `public`: AnsweredBy {
        switch self {
        case .hostOrder: .hostOrder
        case .mixer: .mixer
        case .model: .model
        }
    }
}

extension ForetapFFI.Recorded {
    var `public`: Recorded {
        switch self {
        case .stored: .stored
        case .duplicate: .duplicate
        case .notLearned: .notLearned
        }
    }
}

extension ForetapFFI.Weekday {
    var `public`: Locale.Weekday {
        switch self {
        case .monday: .monday
        case .tuesday: .tuesday
        case .wednesday: .wednesday
        case .thursday: .thursday
        case .friday: .friday
        case .saturday: .saturday
        case .sunday: .sunday
        }
    }
}

extension SyncEnding {
    var `public`: ModelSyncReport.Ending {
        switch self {
        case .upToDate: .upToDate
        case .fetched: .fetched
        case .withdrawn: .withdrawn
        case .unreachable: .unreachable
        case .refused: .refused
        }
    }
}

extension SyncConclusion {
    var `public`: ModelSyncReport.Conclusion {
        switch self {
        case .activated: .activated
        case .goesOn: .goesOn
        case .proven: .proven
        case .givenBack: .givenBack
        }
    }
}
