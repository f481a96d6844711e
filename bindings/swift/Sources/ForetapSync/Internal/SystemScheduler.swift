#if os(iOS)
    import BackgroundTasks
    import Foundation

    /// iOS's own.
    struct SystemScheduler: BackgroundScheduler {
        func register(_ kind: BackgroundKind, answer: @escaping @Sendable (any BackgroundWork) -> Void) -> Bool {
            BGTaskScheduler.shared.register(forTaskWithIdentifier: kind.identifier, using: nil) { task in
                answer(SystemWork(task))
            }
        }

        func pending() async -> Set<BackgroundKind> {
            await withCheckedContinuation { continuation in
                BGTaskScheduler.shared.getPendingTaskRequests { requests in
                    let identifiers = Set(requests.map(\.identifier))
                    let kinds = BackgroundKind.allCases.filter { identifiers.contains($0.identifier) }
                    continuation.resume(returning: Set(kinds))
                }
            }
        }

        func submit(_ request: BackgroundRequest) throws {
            do {
                try BGTaskScheduler.shared.submit(native(request))
            } catch BGTaskScheduler.Error.unavailable {
                throw SyncConfigurationError.unavailable
            } catch BGTaskScheduler.Error.tooManyPendingTaskRequests {
                throw SyncConfigurationError.tooMany
            } catch {
                throw SyncConfigurationError.notPermitted
            }
        }

        func cancel(_ kind: BackgroundKind) {
            BGTaskScheduler.shared.cancel(taskRequestWithIdentifier: kind.identifier)
        }

        private func native(_ request: BackgroundRequest) -> BGTaskRequest {
            let native = made(request)
            native.earliestBeginDate = Date(timeIntervalSinceNow: Double(request.earliest.components.seconds))
            return native
        }

        private func made(_ request: BackgroundRequest) -> BGTaskRequest {
            guard request.kind == .processing else {
                return BGAppRefreshTaskRequest(identifier: request.kind.identifier)
            }
            let processing = BGProcessingTaskRequest(identifier: request.kind.identifier)
            processing.requiresNetworkConnectivity = true
            processing.requiresExternalPower = request.needsPower
            return processing
        }
    }

    /// Unchecked: iOS lets a task be completed from any thread, and nothing here is changed after the start.
    private final class SystemWork: BackgroundWork, @unchecked Sendable {
        private let task: BGTask

        init(_ task: BGTask) {
            self.task = task
        }

        func onExpiration(_ handler: @escaping @Sendable () -> Void) {
            task.expirationHandler = handler
        }

        func complete(isSuccess: Bool) {
            task.setTaskCompleted(success: isSuccess)
        }
    }
#endif
