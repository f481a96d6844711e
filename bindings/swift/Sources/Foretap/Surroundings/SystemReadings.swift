#if os(iOS)
    import AVFAudio
    import CoreTelephony
    import Foundation
    import Network
    import UIKit

    extension PhoneSurroundings {
        /// All that iOS tells without a permission, and where the phone is, where the host has a reading of that: the
        /// product ForetapLocation has `SystemPosition`. Battery monitoring is switched on for the app.
        public init(_ pseudonyms: Pseudonyms, position: (any PositionReading)? = nil) {
            self.init(
                pseudonyms,
                battery: SystemBattery(),
                power: SystemPower(),
                network: SystemNetwork(),
                position: position,
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
        private let last = LastNetwork()

        /// Listens from now on.
        public init() {
            // Made once: each one opens a connection of its own to the system.
            let radio = SystemRadio()
            monitor.pathUpdateHandler = { [last] path in
                let usesCellular = path.usesInterfaceType(.cellular)
                last.keep(
                    NetworkPath(
                        isSatisfied: path.status == .satisfied,
                        usesWifi: path.usesInterfaceType(.wifi),
                        usesCellular: usesCellular,
                        radio: usesCellular ? radio.technology : nil
                    )
                )
            }
            monitor.start(queue: DispatchQueue(label: "dev.foretap.network", qos: .userInitiated))
        }

        deinit {
            monitor.cancel()
        }

        /// The connection; `nil` where iOS has not told of one yet, for which this waits 20 milliseconds at most.
        public func network() async -> Network? { await last.network() }
    }

    /// The radio of this phone. Unchecked: what it asks may be asked on any thread, and nothing here changes.
    private final class SystemRadio: @unchecked Sendable {
        private let telephony = CTTelephonyNetworkInfo()

        /// Of the card that carries the data.
        var technology: String? {
            guard let card = telephony.dataServiceIdentifier else { return nil }
            return telephony.serviceCurrentRadioAccessTechnology?[card]
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
