#if canImport(UIKit) && !os(watchOS)
    import UIKit

    /// What iOS tells an app that is alive: that the phone was unlocked (`protectedDataDidBecomeAvailable`) or a scene of
    /// the app came to the front, and that the phone is being locked or the scene left.
    ///
    /// iOS starts no app because of an unlock, and tells only an app whose data is protected, which needs a passcode.
    /// Coming to the app is what always works.
    public struct SystemUnlocks: UnlockSource {
        /// Nothing is listened to before ``signals()``.
        public init() {}

        /// What iOS tells from now on.
        public func signals() -> AsyncStream<UnlockSignal> {
            AsyncStream { continuation in
                let kinds: [(Notification.Name, UnlockSignal.Kind)] = [
                    (UIApplication.protectedDataDidBecomeAvailableNotification, .unlock),
                    (UIScene.didActivateNotification, .unlock),
                    (UIApplication.protectedDataWillBecomeUnavailableNotification, .lock),
                    (UIScene.didEnterBackgroundNotification, .lock),
                ]
                let observers = Observers(
                    kinds.map { name, kind in
                        NotificationCenter.default.addObserver(forName: name, object: nil, queue: nil) { _ in
                            continuation.yield(UnlockSignal(kind))
                        }
                    }
                )
                continuation.onTermination = { _ in observers.end() }
            }
        }
    }

    /// Unchecked: the notification center takes an observer out on any thread, and nothing here changes.
    private final class Observers: @unchecked Sendable {
        private let observers: [any NSObjectProtocol]

        init(_ observers: [any NSObjectProtocol]) {
            self.observers = observers
        }

        func end() {
            observers.forEach(NotificationCenter.default.removeObserver)
        }
    }
#endif
