import Foretap

/// A line that tells what was done.
public struct Notice: Hashable, Sendable {
    /// The line.
    public let text: String
    /// What can be taken back from here.
    public let undo: Decision?

    init(_ text: String, undo: Decision? = nil) {
        self.text = text
        self.undo = undo
    }

    /// What opening the log found, where the person should know.
    init?(_ opened: OpenedLog) {
        switch opened {
        case .created, .existing: return nil
        case .setAside(restored: true): self.init("What was learned was damaged. It went back to the last copy.")
        case .setAside(restored: false): self.init("What was learned was damaged. It begins anew.")
        case .vanished(restored: true): self.init("What was learned was gone. It went back to the last copy.")
        case .vanished(restored: false): self.init("What was learned was gone. It begins anew.")
        }
    }
}
