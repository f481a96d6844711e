#if os(iOS)
    import AVFAudio
    import CoreLocation
    import CoreTelephony
    import Foundation
    import Network
    import UIKit

    extension PhoneSurroundings {
        /// All that iOS tells. Battery monitoring is switched on for the app.
        public init(_ pseudonyms: Pseudonyms) {
            self.init(
                pseudonyms,
                battery: SystemBattery(),
                power: SystemPower(),
                network: SystemNetwork(),
                position: SystemPosition(),
                audio: SystemAudio()
            )
        }
    }

    /// The battery of this phone. Reading it switches battery monitoring on for the app.
    public struct SystemBattery: BatteryReading {
        /// The battery of this phone.
        public init() {}

        /// Its category; `nil` in a simulator.
        @MainActor public func battery() async -> Battery? {
            let device = UIDevice.current
            device.isBatteryMonitoringEnabled = true
            // -1 where it is unknown.
            guard device.batteryLevel >= 0 else { return nil }
            let isCharging = device.batteryState == .charging || device.batteryState == .full
            return Battery(percent: Int((device.batteryLevel * 100).rounded()), isCharging: isCharging)
        }
    }

    /// Low Power Mode.
    public struct SystemPower: PowerReading {
        /// Low Power Mode of this phone.
        public init() {}

        /// Whether it is on.
        public func isSavingPower() async -> Bool { ProcessInfo.processInfo.isLowPowerModeEnabled }
    }

    /// The connection of this phone, listened to while this lives.
    public final class SystemNetwork: NetworkReading {
        private let monitor = NWPathMonitor()

        /// Listens from now on.
        public init() {
            monitor.start(queue: DispatchQueue(label: "dev.foretap.network", qos: .utility))
        }

        deinit {
            monitor.cancel()
        }

        /// The connection.
        public func network() async -> Network? {
            let path = monitor.currentPath
            return NetworkPath(
                isSatisfied: path.status == .satisfied,
                usesWifi: path.usesInterfaceType(.wifi),
                usesCellular: path.usesInterfaceType(.cellular),
                radio: path.usesInterfaceType(.cellular) ? Self.radio() : nil
            ).network
        }

        /// Of the card that carries the data.
        private static func radio() -> String? {
            let telephony = CTTelephonyNetworkInfo()
            guard let card = telephony.dataServiceIdentifier else { return nil }
            return telephony.serviceCurrentRadioAccessTechnology?[card]
        }
    }

    /// A position that this phone has anyway, as coarse as iOS gives it; nothing is asked of the person.
    public struct SystemPosition: PositionReading {
        /// Positions of this phone.
        public init() {}

        /// The last one; `nil` where the app may not know.
        @MainActor public func position() async -> Position? {
            let manager = CLLocationManager()
            manager.desiredAccuracy = kCLLocationAccuracyReduced
            let status = manager.authorizationStatus
            guard status == .authorizedWhenInUse || status == .authorizedAlways,
                let last = manager.location, last.horizontalAccuracy >= 0
            else { return nil }
            return Position(
                latitude: last.coordinate.latitude,
                longitude: last.coordinate.longitude,
                date: last.timestamp
            )
        }
    }

    /// Where sound of this app goes.
    public struct SystemAudio: AudioReading {
        /// The sound of this phone.
        public init() {}

        /// The way; a car before headphones before a loudspeaker before the phone itself.
        public func audio() async -> Audio? {
            let ports = Set(AVAudioSession.sharedInstance().currentRoute.outputs.map(\.portType))
            let order: [(Audio, Set<AVAudioSession.Port>)] = [
                (.car, [.carAudio]),
                (.headphones, [.headphones, .bluetoothA2DP, .bluetoothHFP, .bluetoothLE, .usbAudio]),
                (.speaker, [.airPlay, .HDMI, .lineOut, .displayPort]),
                (.phone, [.builtInSpeaker, .builtInReceiver]),
            ]
            return order.first { !$0.1.isDisjoint(with: ports) }?.0
        }
    }
#endif
