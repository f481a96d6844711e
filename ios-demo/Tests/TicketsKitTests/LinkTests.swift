import Foretap
import Foundation
import Testing

@testable import TicketsKit

@MainActor
struct LinkTests {
    @Test(arguments: Action.allCases, 0..<Row.places)
    func everyPlaceOfEveryActionHasALink(action: Action, place: Int) throws {
        for surface in Surface.allCases {
            let link = DeepLink(action, from: surface, place: place)
            let url = try #require(link.url)
            #expect(DeepLink(url) == link)
            #expect(link.slot == Slot(surface: surface.rawValue, position: place))
        }
    }

    @Test func aLinkWithoutAPlaceIsOne() throws {
        let url = try #require(URL(string: "foretap-tickets://open/season_pass"))
        let link = try #require(DeepLink(url))
        #expect(link.action == .seasonPass)
        #expect(link.slot == nil)
    }

    @Test(arguments: [
        "https://open/buy",
        "FORETAP-TICKETS2://open/buy",
        "foretap-tickets:open/buy",
        "foretap-tickets://",
        "foretap-tickets://open",
        "foretap-tickets://open/",
        "foretap-tickets://close/buy",
        "foretap-tickets://open/buy/",
        "foretap-tickets://open/buy/now",
        "foretap-tickets://open//buy",
        "foretap-tickets://open/BUY",
        "foretap-tickets://open/%62uy",
        "foretap-tickets://open/steal",
        "foretap-tickets://open/../buy",
        "foretap-tickets://user@open/buy",
        "foretap-tickets://user:word@open/buy",
        "foretap-tickets://open:80/buy",
        "foretap-tickets://open/buy#now",
        "foretap-tickets://open/buy?",
        "foretap-tickets://open/buy?from=widget",
        "foretap-tickets://open/buy?place=0",
        "foretap-tickets://open/buy?place=0&from=widget",
        "foretap-tickets://open/buy?from=widget&place=3",
        "foretap-tickets://open/buy?from=widget&place=-1",
        "foretap-tickets://open/buy?from=widget&place=00",
        "foretap-tickets://open/buy?from=elsewhere&place=0",
        "foretap-tickets://open/buy?from=widget&place=0&place=1",
        "foretap-tickets://open/buy?from=widget&place=0&pay=yes",
    ])
    func whatIsNotExactlyALinkIsRefused(text: String) async throws {
        let url = try #require(URL(string: text))
        #expect(DeepLink(url) == nil)
        let model = try Phone().start()
        await model.open(url)
        #expect(model.state.opened == nil)
        #expect(model.state.notice?.text == "This link opens nothing here.")
    }

    @Test func aTapInTheWidgetOpensThePageAndIsRecorded() async throws {
        let phone = try Phone()
        let before = try await phone.startAtHome()
        let events = try await before.events()
        try await before.log.close()
        let tile = try #require(phone.widget().first?.tiles.last)
        // The tap starts the app.
        let model = phone.start()
        await model.open(try #require(tile.url))
        #expect(model.state.opened == tile.action)
        #expect(try await model.events() == events + 1)
        model.closeAction()
        await model.cameBack()
        #expect(model.state.row?.heading == "Likely next")
        #expect(DeepLink(try #require(tile.url))?.slot == Slot(surface: "widget", position: 2))
    }
}
