#if canImport(UIKit) && !os(watchOS)
    import UIKit

    /// What iOS tells an app that is alive: that the phone was unlocked (`protectedDataDidBecomeAvailable`), that a scene
    /// of the app came to the front, that the phone is being locked, or that the app's last scene left.
    ///
    /// iOS starts no app because of an unlock, and tells only an app whose data is protected, which needs a passcode.
    /// Coming to the app is what always works. A scene comes to the front as well when Control Center, Face ID or a question
    /// of iOS goes away: ``UnlockRanking/isArrival`` tells the two apart.
    public struct SystemUnlocks: UnlockSource {
        private let clock: WallClock

        /// Nothing is listened to before ``signals()``. The clock is the one of the engine.
        public init(clock: WallClock = .system) {
            self.clock = clock
        }

        /// What iOS tells from now on.
        public func signals() -> AsyncStream<UnlockSignal> {
            AsyncStream(bufferingPolicy: .bufferingNewest(UnlockBacklog.capacity)) { continuation in
                // The app's own notification when it leaves: on an iPad one of two windows can go alone.
                let kinds: [(Notification.Name, UnlockSignal.Kind)] = [
                    (UIApplication.protectedDataDidBecomeAvailableNotification, .unlock),
                    (UIScene.didActivateNotification, .resume),
                    (UIApplication.protectedDataWillBecomeUnavailableNotification, .lock),
                    (UIApplication.didEnterBackgroundNotification, .lock),
                ]
                let clock = clock
                let observers = Observers(
                    kinds.map { name, kind in
                        NotificationCenter.default.addObserver(forName: name, object: nil, queue: nil) { _ in
                            continuation.yield(UnlockSignal(kind, at: clock.now()))
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
