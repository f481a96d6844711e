import SwiftUI
import TicketsKit

/// What is known of one action, and what can be decided about it.
struct WhyView: View {
    @EnvironmentObject private var screen: Screen
    let sheet: WhySheet

    var body: some View {
        NavigationStack {
            List {
                Section {
                    Text(sheet.chance)
                }
                if !sheet.reasons.isEmpty {
                    Section("Why this?") {
                        ForEach(sheet.reasons, id: \.self) { Text($0) }
                    }
                }
                Section {
                    ForEach(sheet.choices) { choice in
                        Button(choice.title, systemImage: choice.symbol) { screen.run { await $0.choose(choice) } }
                    }
                }
            }
            .navigationTitle(sheet.action.title)
            .navigationBarTitleDisplayMode(.inline)
            .toolbar {
                Button("Done") { screen.run { $0.closeWhy() } }
            }
        }
        .presentationDetents([.medium, .large])
    }
}
