import Foretap
import Foundation

/// Numbers and times as this app writes them, in English whatever the phone's language is: its texts are.
enum Words {
    static let locale = Locale(identifier: "en_GB")

    /// A probability in whole percent; a small one is not told as none.
    static func percent(_ share: Double) -> String {
        let whole = wholePercent(share)
        return whole == 0 && share > 0 ? "<1%" : "\(whole)%"
    }

    /// A share, 0 to 1, in whole percent.
    static func wholePercent(_ share: Double) -> Int { Int((min(max(share, 0), 1) * 100).rounded()) }

    /// A number with its thousands apart.
    static func count(_ number: Int) -> String { number.formatted(.number.locale(locale)) }

    /// `1 event`, `2 events`.
    static func count(_ number: Int, _ one: String, _ many: String) -> String {
        "\(count(number)) \(number == 1 ? one : many)"
    }

    /// A size.
    static func size(_ bytes: Int) -> String {
        let kilobytes = Double(bytes) / 1_000
        return kilobytes < 1_000 ? "\(decimal(kilobytes, 0)) kB" : "\(decimal(kilobytes / 1_000, 1)) MB"
    }

    /// Milliseconds of nanoseconds.
    static func ms(_ ns: Int) -> String { decimal(Double(ns) / 1_000_000, 1) }

    /// A reason with its first letter as a sentence has it.
    static func sentence(_ reason: String) -> String { reason.prefix(1).uppercased(with: locale) + reason.dropFirst() }

    /// A weekday and a time, on the clock that was read then.
    static func time(_ at: Timestamp) -> String {
        at.date.formatted(style(at).weekday(.abbreviated)) + " " + at.date.formatted(clock(at))
    }

    /// A day and a time.
    static func date(_ at: Timestamp) -> String {
        let day = at.date.formatted(style(at).day().month(.abbreviated))
        return day + ", " + at.date.formatted(clock(at))
    }

    private static func clock(_ at: Timestamp) -> Date.FormatStyle {
        style(at).hour(.twoDigits(amPM: .omitted)).minute(.twoDigits)
    }

    private static func style(_ at: Timestamp) -> Date.FormatStyle {
        let zone = TimeZone(secondsFromGMT: at.utcOffsetMinutes * 60) ?? .gmt
        return Date.FormatStyle(locale: locale, timeZone: zone)
    }

    private static func decimal(_ number: Double, _ digits: Int) -> String {
        number.formatted(.number.precision(.fractionLength(digits)).locale(locale))
    }
}
