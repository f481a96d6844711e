import Foundation

/// A keychain: the system's, or a test's. Every function is asked again by who calls it, where it fails.
protocol KeychainStore: Sendable {
    /// What lies under a name; `nil` if nothing does.
    func read(_ name: KeychainName) throws -> Data?

    /// Puts it under a name, unless there is something: then `false`.
    func add(_ name: KeychainName, _ bytes: Data) throws -> Bool

    /// Removes what lies under a name, if anything does.
    func remove(_ name: KeychainName) throws
}

/// What an item of the keychain is called.
struct KeychainName: Hashable, Sendable {
    let service: String
    let account: String
    /// The access group that shares it; `nil` for the app's own.
    let group: String?

    /// An item that is only made to see whether the keychain works.
    var probe: KeychainName { KeychainName(service: service, account: account + ".probe", group: group) }
}

/// What a keychain answered instead.
struct KeychainFailure: Error, Hashable {
    /// An `OSStatus`.
    let status: Int32

    /// The phone was not unlocked since it started: no use to ask again now.
    var isLocked: Bool { status == -25_308 }
}
