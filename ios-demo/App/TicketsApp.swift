import Foretap
import SwiftUI
import TicketsKit
import WidgetKit

@main
struct TicketsApp: App {
    @Environment(\.scenePhase) private var phase
    @StateObject private var screen: Screen

    init() {
        // Before the scene is there: its arrival is the first that counts.
        let setup = TicketsLog.Setup(
            place: .ofApp,
            keys: .keychain,
            unlocks: RememberedUnlocks(SystemUnlocks()),
            surroundings: { PhoneSurroundings($0) },
            widgetChanged: { WidgetCenter.shared.reloadTimelines(ofKind: Names.widgetKind) }
        )
        let log = TicketsLog(setup)
        _screen = StateObject(wrappedValue: Screen(TicketsModel(log)))
        Upkeep.register(log)
        Upkeep.schedule()
    }

    var body: some Scene {
        WindowGroup {
            HomeView()
                .environmentObject(screen)
                .onOpenURL { url in screen.run { await $0.open(url) } }
        }
        .onChange(of: phase) { phase in
            switch phase {
            case .active: screen.run { await $0.appeared() }
            case .background: screen.leave()
            default: break
            }
        }
    }
}
