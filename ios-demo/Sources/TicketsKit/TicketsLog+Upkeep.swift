import Foretap

extension TicketsLog {
    /// Once a day, while the phone rests: deletes what is no longer to be kept, and writes the copy that is left if the log
    /// is damaged. After an erasure nothing begins anew before the person comes. `false` where it should be tried again soon.
    public func upkeep() async -> Bool {
        do {
            try await sessionOfKeptLog()?.foretap.maintain()
            return true
        } catch ForetapError.transient, ForetapError.keyUnavailable {
            return false
        } catch is CancellationError {
            return false
        } catch {
            // The home screen shows it.
            return true
        }
    }
}
