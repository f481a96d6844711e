import SwiftUI
import TicketsKit

/// The row of likely actions. A place keeps its view, so that an action that stays where it was does not flicker.
struct RowView: View {
    @EnvironmentObject private var screen: Screen
    @Environment(\.dynamicTypeSize) private var size
    let row: Row

    var body: some View {
        Section {
            if row.tiles.isEmpty {
                Text("Nothing to suggest yet.")
            }
            layout { tiles }
                // A frame early at most: the row is laid out by now.
                .task(id: row.id) { await screen.model.rowWasDrawn(row.id) }
        } header: {
            Text(row.heading)
        } footer: {
            Text(row.source)
        }
    }

    /// Where letters are large, the row becomes a column.
    private var layout: AnyLayout {
        size.isAccessibilitySize ? AnyLayout(VStackLayout()) : AnyLayout(HStackLayout(alignment: .top))
    }

    private var tiles: some View {
        ForEach(row.tiles) { tile in
            VStack {
                Button {
                    screen.run { await $0.perform(tile.action, from: tile) }
                } label: {
                    VStack {
                        Image(systemName: tile.action.symbol).font(.title)
                        Text(tile.action.title).font(.footnote).multilineTextAlignment(.center)
                        Text(tile.percent).font(.headline)
                    }
                    .frame(maxWidth: .infinity)
                }
                .accessibilityLabel(tile.spoken)
                Button("Why this?") { screen.run { await $0.why(tile.action) } }
                    .font(.caption)
                    .accessibilityLabel("Why \(tile.action.title)?")
            }
            .frame(maxWidth: .infinity)
            .buttonStyle(.borderless)
        }
    }
}
