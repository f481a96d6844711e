#if canImport(Security)
    import Foundation
    import Security

    /// The keychain of the device: generic passwords that no other device and no backup gets.
    struct SystemKeychain: KeychainStore {
        func read(_ name: KeychainName) throws -> Data? {
            var query = query(name)
            query[kSecReturnData] = true
            query[kSecMatchLimit] = kSecMatchLimitOne
            var found: CFTypeRef?
            let status = SecItemCopyMatching(query as CFDictionary, &found)
            if status == errSecItemNotFound { return nil }
            guard status == errSecSuccess, let bytes = found as? Data else { throw KeychainFailure(status: status) }
            return bytes
        }

        func add(_ name: KeychainName, _ bytes: Data) throws -> Bool {
            var attributes = query(name)
            attributes[kSecValueData] = bytes
            attributes[kSecAttrAccessible] = kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly
            let status = SecItemAdd(attributes as CFDictionary, nil)
            if status == errSecDuplicateItem { return false }
            guard status == errSecSuccess else { throw KeychainFailure(status: status) }
            return true
        }

        func remove(_ name: KeychainName) throws {
            let status = SecItemDelete(query(name) as CFDictionary)
            guard status == errSecSuccess || status == errSecItemNotFound else {
                throw KeychainFailure(status: status)
            }
        }

        private func query(_ name: KeychainName) -> [CFString: Any] {
            var query: [CFString: Any] = [
                kSecClass: kSecClassGenericPassword,
                kSecAttrService: name.service,
                kSecAttrAccount: name.account,
                kSecAttrSynchronizable: false,
                kSecUseDataProtectionKeychain: true,
            ]
            if let group = name.group { query[kSecAttrAccessGroup] = group }
            return query
        }
    }
#endif
