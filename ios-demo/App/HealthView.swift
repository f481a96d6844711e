import SwiftUI
import TicketsKit

/// How often predictions come true, beside the best simple rule; and how long a row takes, beside its budgets.
struct HealthView: View {
    let page: HealthPage

    var body: some View {
        List {
            Section {
                Text(page.unlocks)
                ForEach(page.marks, id: \.self) { BarView(bar: $0) }
            } header: {
                Text("From the arrival to the drawn row")
            } footer: {
                Text(page.marksLegend)
            }
            ForEach(page.cards, id: \.self) { card in
                Section(card.title) { rates(card) }
            }
            Section {
                ForEach(page.engine, id: \.self) { LabeledContent($0.label, value: $0.value) }
            } header: {
                Text("Engine")
            } footer: {
                Text(page.cardsLegend)
            }
        }
        .navigationTitle("How good it is")
    }

    @ViewBuilder
    private func rates(_ card: HealthPage.Card) -> some View {
        if card.periods.isEmpty {
            Text("There was nothing to predict.")
        }
        ForEach(card.periods, id: \.self) { period in
            LabeledContent(period.title, value: period.count)
            ForEach(period.bars, id: \.self) { BarView(bar: $0) }
        }
        if let trust = card.trust {
            Text(trust)
        }
    }
}

/// A strong part over a pale one, and a line for what is allowed.
private struct BarView: View {
    let bar: Bar

    var body: some View {
        VStack(alignment: .leading) {
            LabeledContent(bar.label, value: bar.value)
            GeometryReader { space in
                let color: Color = bar.isBeyond ? .red : .accentColor
                ZStack(alignment: .leading) {
                    Capsule().fill(color.opacity(0.3)).frame(width: space.size.width * bar.pale)
                    Capsule().fill(color).frame(width: space.size.width * bar.strong)
                    if let limit = bar.limit {
                        Rectangle().fill(.primary).frame(width: 1).offset(x: space.size.width * limit)
                    }
                }
            }
            .frame(height: 8)
        }
        .accessibilityElement(children: .ignore)
        .accessibilityLabel("\(bar.label): \(bar.value)")
    }
}
