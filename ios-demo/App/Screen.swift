import SwiftUI
import TicketsKit
import UIKit

/// What the model shows, for views.
@MainActor
final class Screen: ObservableObject {
    @Published private(set) var state: TicketsModel.State
    let model: TicketsModel
    private var time = UIBackgroundTaskIdentifier.invalid
    private var leaves = 0

    init(_ model: TicketsModel) {
        self.model = model
        state = model.state
        model.changed = { [weak self] state in self?.state = state }
    }

    /// Does something that was pressed.
    func run(_ work: @escaping @MainActor (TicketsModel) async -> Void) {
        Task { await work(model) }
    }

    /// Saves what is to be saved in the seconds that iOS gives.
    func leave() {
        endTime()
        leaves += 1
        let leave = leaves
        time = UIApplication.shared.beginBackgroundTask { [weak self] in self?.endTime() }
        run { [weak self] model in
            await model.left()
            // The predictor writes as well when the app leaves. A suspended app that does so in an app group is ended.
            try? await Task.sleep(for: .seconds(2))
            guard self?.leaves == leave else { return }
            self?.endTime()
        }
    }

    /// Whether a page is open. It closes at once, or what is bound would say that it is open still.
    func isOpen(
        _ page: @escaping @MainActor (TicketsModel.State) -> Bool,
        close: @escaping @MainActor (TicketsModel) -> Void,
        then: @escaping @MainActor (TicketsModel) async -> Void = { _ in }
    ) -> Binding<Bool> {
        Binding(
            get: { @MainActor in page(self.state) },
            set: { @MainActor isOpen in
                guard !isOpen, page(self.state) else { return }
                close(self.model)
                self.run(then)
            }
        )
    }

    private func endTime() {
        guard time != .invalid else { return }
        UIApplication.shared.endBackgroundTask(time)
        time = .invalid
    }
}
