import SwiftUI
import TicketsKit
import WidgetKit

/// The row of the app, as the app wrote it last. Nothing here opens the log.
@main
struct LikelyNextWidget: Widget {
    var body: some WidgetConfiguration {
        StaticConfiguration(kind: Names.widgetKind, provider: Provider()) { RowOfWidget(shown: $0.shown) }
            .configurationDisplayName("Likely now")
            .description("What you are likely to do next.")
            .supportedFamilies([.systemMedium])
    }
}

private struct Entry: TimelineEntry {
    let shown: WidgetEntry
    var date: Date { shown.date }
}

private struct Provider: TimelineProvider {
    func placeholder(in context: Context) -> Entry {
        Entry(shown: .placeholder(now: Date()))
    }

    func getSnapshot(in context: Context, completion: @escaping (Entry) -> Void) {
        let now = Date()
        let first = context.isPreview ? nil : WidgetEntry.timeline(now: now).first
        completion(Entry(shown: first ?? .placeholder(now: now)))
    }

    /// The app reloads it where there is something else to show.
    func getTimeline(in context: Context, completion: @escaping (Timeline<Entry>) -> Void) {
        let entries = WidgetEntry.timeline(now: Date()).map { Entry(shown: $0) }
        completion(Timeline(entries: entries, policy: .never))
    }
}

private struct RowOfWidget: View {
    let shown: WidgetEntry

    var body: some View {
        if #available(iOS 17, *) {
            row.containerBackground(.background, for: .widget)
        } else {
            row.padding()
        }
    }

    private var row: some View {
        HStack(alignment: .top) {
            if let message = shown.message {
                Text(message)
            }
            ForEach(shown.tiles) { tile in
                if let url = tile.url {
                    Link(destination: url) { view(of: tile) }
                        .accessibilityLabel(tile.spoken)
                }
            }
        }
        // Habits are nobody else's business while the phone is locked.
        .privacySensitive()
    }

    private func view(of tile: WidgetEntry.Tile) -> some View {
        VStack {
            Image(systemName: tile.action.symbol).font(.title2)
            Text(tile.action.title).font(.footnote).multilineTextAlignment(.center)
            if let percent = tile.percent {
                Text(percent).font(.headline)
            }
            if let reason = tile.reason {
                Text(reason).font(.caption2).lineLimit(2).multilineTextAlignment(.center)
            }
        }
        .frame(maxWidth: .infinity)
    }
}
