import BackgroundTasks
import Foundation
import TicketsKit

/// Once a day, while the phone charges: what is no longer to be kept is deleted, and a copy written.
enum Upkeep {
    /// To be called before the app has finished launching.
    static func register(_ log: TicketsLog) {
        BGTaskScheduler.shared.register(forTaskWithIdentifier: Names.upkeepTask, using: nil) { task in
            submit()
            let given = GivenTime(task)
            let work = Task { given.end(isDone: await log.upkeep()) }
            given.onExpiration { work.cancel() }
        }
    }

    /// Asks for the next time, unless it is asked for: no start of the app puts it off.
    static func schedule() {
        BGTaskScheduler.shared.getPendingTaskRequests { pending in
            guard !pending.contains(where: { $0.identifier == Names.upkeepTask }) else { return }
            submit()
        }
    }

    private static func submit() {
        let request = BGProcessingTaskRequest(identifier: Names.upkeepTask)
        request.requiresExternalPower = true
        request.earliestBeginDate = Date(timeIntervalSinceNow: 24 * 3_600)
        // A simulator has no background: the next start of the app asks again.
        try? BGTaskScheduler.shared.submit(request)
    }
}

/// Unchecked: iOS lets a task be completed from any thread, and nothing here is changed after the start.
private final class GivenTime: @unchecked Sendable {
    private let task: BGTask

    init(_ task: BGTask) {
        self.task = task
    }

    func onExpiration(_ handler: @escaping @Sendable () -> Void) {
        task.expirationHandler = handler
    }

    func end(isDone: Bool) {
        task.setTaskCompleted(success: isDone)
    }
}
