import SwiftUI
import TicketsKit

/// What went wrong, or what was done, with what can be pressed about it.
struct BannerView: View {
    @EnvironmentObject private var screen: Screen

    var body: some View {
        VStack {
            if let problem = screen.state.problem {
                line(problem.text, button: problem.button) {
                    await $0.solve()
                } close: {
                    $0.closeProblem()
                }
            }
            if let notice = screen.state.notice {
                line(notice.text, button: notice.undo == nil ? nil : "Undo") { model in
                    if let decision = notice.undo { await model.undo(decision) }
                } close: {
                    $0.closeNotice()
                }
                .task(id: notice) {
                    // Long enough to be read; what is said next begins anew.
                    guard (try? await Task.sleep(for: .seconds(8))) != nil else { return }
                    screen.model.closeNotice()
                }
            }
        }
        .padding(.horizontal)
    }

    private func line(
        _ text: String,
        button: String?,
        press: @escaping @MainActor (TicketsModel) async -> Void,
        close: @escaping @MainActor (TicketsModel) async -> Void
    ) -> some View {
        HStack {
            Text(text).frame(maxWidth: .infinity, alignment: .leading)
            if let button {
                Button(button) { screen.run(press) }.bold()
            }
            Button {
                screen.run(close)
            } label: {
                Image(systemName: "xmark").accessibilityLabel("Close")
            }
        }
        .padding()
        .background(.regularMaterial, in: RoundedRectangle(cornerRadius: 12))
    }
}
