@testable import TicketsKit

/// The home screen and a sheet as an SVG, from what the model shows. Drawn, not photographed: nothing of iOS is in it.
struct HomeDrawing {
    private var parts: [String] = []

    init(_ row: Row, _ sheet: WhySheet) {
        home(row)
        why(sheet)
    }

    var svg: String {
        let (width, height) = (2 * Self.margin * 1.5 + 2 * Self.width, Self.height + 2 * Self.margin)
        let head =
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(n(width)) \(n(height))\" width=\"\(n(width))\" "
            + "height=\"\(n(height))\" font-family=\"-apple-system, 'Helvetica Neue', Arial, sans-serif\">"
        let ground = "<rect width=\"100%\" height=\"100%\" fill=\"#d9dce3\"/>"
        return ([head, ground] + parts + ["</svg>", ""]).joined(separator: "\n")
    }

    private mutating func home(_ row: Row) {
        let x = Self.margin
        screen(x)
        text("Tickets", x + 20, 92, 30, weight: 700)
        heading(row.heading, x, 126)
        card(x, 136, 172)
        let width = (Self.width - 32) / Double(Row.places)
        for tile in row.tiles {
            let center = x + 16 + width * (Double(tile.position) + 0.5)
            picture(tile.action, center - 18, 152, 1.5, blue)
            for (n, line) in lines(tile.action.title).enumerated() {
                text(line, center, 210 + Double(n) * 16, 13, anchor: "middle")
            }
            text(tile.percent, center, 254, 18, weight: 700, anchor: "middle")
            text("Why this?", center, 286, 12, color: blue, anchor: "middle")
        }
        text(row.source, x + 32, 328, 12, color: gray)
        heading("All actions", x, 362)
        let actions = Action.allCases.prefix(7)
        card(x, 372, Double(actions.count) * 44)
        for (n, action) in actions.enumerated() {
            let y = 372 + Double(n) * 44
            picture(action, x + 30, y + 10, 1, blue)
            text(action.title, x + 68, y + 28, 16)
            circle(x + Self.width - 40, y + 22)
            if n > 0 { line(x + 68, y, Self.width - 84) }
        }
    }

    private mutating func why(_ sheet: WhySheet) {
        let x = 2 * Self.margin + Self.width
        screen(x)
        text(sheet.action.title, x + Self.width / 2, 84, 17, weight: 600, anchor: "middle")
        text("Done", x + Self.width - 20, 84, 17, color: blue, anchor: "end")
        card(x, 108, 44)
        text(sheet.chance, x + 32, 136, 16)
        heading("Why this?", x, 190)
        list(sheet.reasons.map { ($0, "#1c1c1e") }, x, 200)
        list(sheet.choices.map { ($0.title, blue) }, x, 232 + Double(sheet.reasons.count) * 44)
    }

    private mutating func list(_ entries: [(text: String, color: String)], _ x: Double, _ y: Double) {
        card(x, y, Double(entries.count) * 44)
        for (n, entry) in entries.enumerated() {
            text(entry.text, x + 32, y + Double(n) * 44 + 28, 16, color: entry.color)
            if n > 0 { line(x + 32, y + Double(n) * 44, Self.width - 48) }
        }
    }

    // MARK: Shapes

    private mutating func screen(_ x: Double) {
        let place = "x=\"\(n(x))\" y=\"\(n(Self.margin))\" width=\"\(n(Self.width))\" height=\"\(n(Self.height))\""
        parts.append("<rect \(place) rx=\"36\" fill=\"#f2f2f7\"/>")
    }

    private mutating func card(_ x: Double, _ y: Double, _ height: Double) {
        let place = "x=\"\(n(x + 16))\" y=\"\(n(y))\" width=\"\(n(Self.width - 32))\" height=\"\(n(height))\""
        parts.append("<rect \(place) rx=\"12\" fill=\"#ffffff\"/>")
    }

    private mutating func line(_ x: Double, _ y: Double, _ width: Double) {
        parts.append("<path d=\"M\(n(x)) \(n(y))h\(n(width))\" stroke=\"#d1d1d6\"/>")
    }

    private mutating func circle(_ x: Double, _ y: Double) {
        parts.append(
            "<circle cx=\"\(n(x))\" cy=\"\(n(y))\" r=\"9\" fill=\"none\" stroke=\"\(blue)\" stroke-width=\"1.5\"/>")
        text("i", x, y + 5, 13, weight: 600, color: blue, anchor: "middle")
    }

    private mutating func heading(_ words: String, _ x: Double, _ y: Double) {
        text(words, x + 32, y, 13, weight: 600, color: gray)
    }

    private mutating func picture(_ action: Action, _ x: Double, _ y: Double, _ scale: Double, _ color: String) {
        let place = "transform=\"translate(\(n(x)) \(n(y))) scale(\(n(scale)))\""
        let pen =
            "fill=\"none\" stroke=\"\(color)\" stroke-width=\"1.6\" stroke-linecap=\"round\" stroke-linejoin=\"round\""
        parts.append("<path \(place) \(pen) d=\"\(path(action))\"/>")
    }

    private mutating func text(
        _ words: String,
        _ x: Double,
        _ y: Double,
        _ size: Double,
        weight: Int = 400,
        color: String = "#1c1c1e",
        anchor: String = "start"
    ) {
        let place = "x=\"\(n(x))\" y=\"\(n(y))\" font-size=\"\(n(size))\" font-weight=\"\(weight)\""
        parts.append("<text \(place) fill=\"\(color)\" text-anchor=\"\(anchor)\">\(escaped(words))</text>")
    }

    /// Words in lines of a tile's width.
    private func lines(_ words: String) -> [String] {
        words.split(separator: " ").reduce(into: [String]()) { lines, word in
            if let last = lines.last, last.count + word.count < 13 {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(String(word))
            }
        }
    }

    private func escaped(_ words: String) -> String {
        [("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")].reduce(words) { $0.replacing($1.0, with: $1.1) }
    }

    /// A number in as few digits as it needs.
    private func n(_ number: Double) -> String {
        number == number.rounded() ? String(Int(number)) : String((number * 100).rounded() / 100)
    }

    /// A picture of 24 by 24, in place of Apple's symbols.
    private func path(_ action: Action) -> String {
        switch action {
        case .tickets: "M3 7h18v3a2 2 0 0 0 0 4v3H3v-3a2 2 0 0 0 0-4zM15 7v2m0 2v2m0 2v2"
        case .buy: "M2 4h3l3 11h10l3-8H6M9 20h.01M17 20h.01"
        case .plan: "M3 6l6-2 6 2 6-2v14l-6 2-6-2-6 2zM9 4v14m6-12v14"
        case .departures:
            "M7 3h10a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zM5 10h14M9 14h.01M15 14h.01M8 17l-2 4m10-4l2 4"
        case .validate: "M12 2l3 2h4v4l2 4-2 4v4h-4l-3 2-3-2H5v-4l-2-4 2-4V4h4zM8 12l3 3 5-6"
        case .delay: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7v6h4"
        case .topUp: "M3 5h18v14H3zM3 10h18M6 15h4"
        case .seasonPass: "M4 5h16v16H4zM4 10h16M8 2v5m8-5v5"
        case .lostAndFound: "M12 3a9 9 0 0 0-9 9h18a9 9 0 0 0-9-9zM12 12v7a2 2 0 0 0 4 0"
        case .support: "M5 3l4 1 1 5-3 2a12 12 0 0 0 6 6l2-3 5 1 1 4c-9 4-20-7-16-16z"
        }
    }

    private let blue = "#0a66d6"
    private let gray = "#6c6c70"
    private static let margin: Double = 24
    private static let width: Double = 390
    private static let height: Double = 680
}
