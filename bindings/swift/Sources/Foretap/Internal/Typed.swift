internal import ForetapFFI

/// Does `work`, and gives the library's errors their public types.
func typed<T>(_ work: () throws -> T) throws -> T {
    do {
        return try work()
    } catch let error as ForetapFFI.ForetapError {
        throw error.public
    } catch let error as ForetapError {
        throw error
    } catch {
        // What a panic said can hold anything: it is dropped on purpose.
        throw ForetapError.internal("internal error")
    }
}

extension ForetapFFI.ForetapError {
    var `public`: ForetapError {
        switch self {
        case .InvalidArgument(let words): .invalidArgument(words)
        case .KeyMismatch(let words): .keyMismatch(words)
        case .Newer(let words): .newer(words)
        case .InUse(let words): .inUse(words)
        case .Transient(let words): .transient(words)
        case .Damaged(let words): .damaged(words)
        case .WrongSecret(let words): .wrongSecret(words)
        case .BadExport(let words): .badExport(words)
        case .File(let words): .file(words)
        case .Closed(let words): .closed(words)
        case .Internal(let words): .internal(words)
        case .Other(let words): .other(words)
        }
    }
}
