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
    /// The access group that it lies in; `nil` for the first that the app has, and for any that it has when it is looked for.
    let group: String?

    init(service: String, account: String, group: String?) {
        self.service = service
        self.account = account
        self.group = group
    }

    /// The item of an account; of the app itself, by its bundle identifier, if it is `nil`.
    init(of account: String?, group: String?, app: String? = Bundle.main.bundleIdentifier) {
        let own = app ?? ProcessInfo.processInfo.processName
        self.init(service: "dev.foretap", account: account ?? own, group: group)
    }

    /// An item that is only made to see whether the keychain works.
    var probe: KeychainName { KeychainName(service: service, account: account + ".probe", group: group) }
}

/// What a keychain answered instead.
struct KeychainFailure: Error, Hashable {
    /// An `OSStatus`.
    let status: Int32

    /// The phone was not unlocked since it started: no use to ask again now.
    var isLocked: Bool { status == -25_308 }

    /// A missing entitlement, or a parameter that is none: the next try says the same.
    var isForGood: Bool { [-34_018, -50].contains(status) }
}
