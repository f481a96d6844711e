/// Why a file of a ``ModelSync`` did not come.
public enum ModelSyncAbsence: Hashable, CaseIterable, Sendable {
    /// The server has none under this path (HTTP 404): often as it should be, since there is no newer root, say.
    case missing
    /// Anything else: no network, no answer, an answer cut short. The run ends, to be tried again.
    case unreachable
}
