#if os(iOS)
    import CoreLocation
    import Foretap

    /// A position that this phone has anyway, as coarse as iOS gives it; nothing is asked of the person.
    ///
    /// ```swift
    /// let surroundings = PhoneSurroundings(foretap.pseudonyms, position: SystemPosition())
    /// ```
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
#endif
