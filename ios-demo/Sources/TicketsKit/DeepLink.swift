import Foretap
import Foundation

/// A link that opens the page of an action, such as `foretap-tickets://open/departures?from=widget&place=1`.
///
/// Any app and any web page can open one. So a link opens a page and does nothing there, and what is not exactly of this
/// form is refused.
public struct DeepLink: Hashable, Sendable {
    /// Which page.
    public let action: Action
    /// The place of the row that it was opened from, if it was one.
    public let slot: Slot?

    /// A link to the page of an action, from a place of a row.
    public init(_ action: Action, from surface: Surface, place: Int) {
        self.action = action
        self.slot = Slot(surface: surface.rawValue, position: place)
    }

    /// What a link says; `nil` if it is none of this app's.
    public init?(_ url: URL) {
        guard
            let parts = URLComponents(url: url, resolvingAgainstBaseURL: false),
            parts.scheme == Names.urlScheme, parts.host == Self.host,
            parts.user == nil, parts.password == nil, parts.port == nil, parts.fragment == nil,
            parts.percentEncodedPath.first == "/",
            let action = Action(rawValue: String(parts.percentEncodedPath.dropFirst()))
        else { return nil }
        self.action = action
        guard let query = parts.percentEncodedQuery else {
            slot = nil
            return
        }
        guard let slot = Self.slot(query) else { return nil }
        self.slot = slot
    }

    /// The link.
    public var url: URL? {
        var parts = URLComponents()
        parts.scheme = Names.urlScheme
        parts.host = Self.host
        parts.path = "/" + action.rawValue
        if let slot {
            parts.queryItems = [
                URLQueryItem(name: "from", value: slot.surface),
                URLQueryItem(name: "place", value: String(slot.position)),
            ]
        }
        return parts.url
    }

    /// The one way to write each slot.
    private static func slot(_ query: String) -> Slot? {
        for surface in Surface.allCases {
            for place in 0..<Row.places where query == "from=\(surface.rawValue)&place=\(place)" {
                return Slot(surface: surface.rawValue, position: place)
            }
        }
        return nil
    }

    private static let host = "open"
}
