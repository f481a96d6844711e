import SwiftUI
import TicketsKit

/// The home screen: the three likeliest actions in stable places, and all actions below.
struct HomeView: View {
    @EnvironmentObject private var screen: Screen

    var body: some View {
        NavigationStack {
            List {
                if let row = screen.state.row {
                    RowView(row: row)
                }
                Section("All actions") {
                    ForEach(Action.allCases) { action in
                        ActionLine(action: action)
                    }
                }
            }
            .navigationTitle("Tickets")
            .toolbar {
                Button("How good it is", systemImage: "chart.bar") { screen.run { await $0.openHealth() } }
                Button("Your data", systemImage: "lock.shield") { screen.run { await $0.openPrivacy() } }
            }
            .navigationDestination(isPresented: isActionOpen) {
                if let action = screen.state.opened {
                    Text(action.page).padding().navigationTitle(action.title)
                }
            }
            .navigationDestination(isPresented: isHealthOpen) {
                if let page = screen.state.health { HealthView(page: page) }
            }
            .navigationDestination(isPresented: isPrivacyOpen) {
                if let page = screen.state.privacy { PrivacyView(page: page) }
            }
        }
        .sheet(isPresented: isSheetOpen) {
            if let sheet = screen.state.sheet { WhyView(sheet: sheet) }
        }
        .safeAreaInset(edge: .bottom) { BannerView() }
    }

    private var isActionOpen: Binding<Bool> {
        screen.isOpen({ $0.opened != nil }, close: { $0.closeAction() }, then: { await $0.cameBack() })
    }

    private var isHealthOpen: Binding<Bool> {
        screen.isOpen({ $0.health != nil }, close: { $0.closeHealth() })
    }

    private var isPrivacyOpen: Binding<Bool> {
        screen.isOpen({ $0.privacy != nil }, close: { $0.closePrivacy() }, then: { await $0.appeared() })
    }

    private var isSheetOpen: Binding<Bool> {
        screen.isOpen({ $0.sheet != nil }, close: { $0.closeWhy() })
    }
}

/// An action of the list of all.
private struct ActionLine: View {
    @EnvironmentObject private var screen: Screen
    let action: Action

    var body: some View {
        HStack {
            Button {
                screen.run { await $0.perform(action) }
            } label: {
                Label(action.title, systemImage: action.symbol)
            }
            Spacer()
            Button {
                screen.run { await $0.why(action) }
            } label: {
                Image(systemName: "info.circle").accessibilityLabel("About \(action.title)")
            }
        }
        .buttonStyle(.borderless)
    }
}
