import Foundation
import Testing

@testable import TicketsKit

@MainActor
struct DrawingTests {
    private let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "screens/home.svg")

    /// `TICKETS_DRAW=1` draws it anew; nothing else does.
    @Test func thePictureIsWhatTheCodeDraws() async throws {
        let model = try await Phone().startAtHome()
        await model.why(.departures)
        let svg = HomeDrawing(try #require(model.state.row), try #require(model.state.sheet)).svg
        if ProcessInfo.processInfo.environment["TICKETS_DRAW"] != nil {
            try svg.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == svg)
    }
}
