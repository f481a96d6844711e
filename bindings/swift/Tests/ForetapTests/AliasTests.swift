import Testing

import Foretap

/// A host with types of its own that are called as the package's.
private struct Item: Equatable { var title = "mine" }
private struct Event {}

@Suite struct AliasTests {
    @Test("a host with an Item of its own names the package's by its class")
    func names() async throws {
        let foretap = try await Foretap.inMemory()
        let item = Foretap.Item("reorder")
        try await foretap.record(Foretap.Event.launch(item))
        let ranking = try await foretap.predict(Foretap.Request(moment: .unlockOrResume))
        #expect(ranking.items == [item] && Item().title == "mine")
        _ = Event()
        try await foretap.decide(Foretap.Control.exclude(item))
        let health: Foretap.Health = try await foretap.health()
        #expect(health.events == 1)
        #expect(Foretap.Network.wifi == .wifi)
        try await foretap.close()
    }
}
