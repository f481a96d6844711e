import Foundation
import Testing

@testable import Foretap

/// What Apple is told, against what is stored and what is called.
@Suite struct PrivacyInfoTests {
    private let info: [String: Any]

    init() throws {
        let data = try Data(contentsOf: source("bindings/swift/Sources/Foretap/PrivacyInfo.xcprivacy"))
        info = try #require(try PropertyListSerialization.propertyList(from: data, format: nil) as? [String: Any])
    }

    @Test("it says all four things, and nobody is tracked")
    func complete() {
        let keys = ["Tracking", "TrackingDomains", "CollectedDataTypes", "AccessedAPITypes"].map { "NSPrivacy" + $0 }
        #expect(Set(info.keys) == Set(keys))
        #expect(info["NSPrivacyTracking"] as? Bool == false)
        #expect((info["NSPrivacyTrackingDomains"] as? [String])?.isEmpty == true)
    }

    @Test("what can be uploaded is named, linked to nobody and used for no tracking")
    func collected() throws {
        let types = try list("NSPrivacyCollectedDataTypes")
        for type in types {
            let keys = ["", "Linked", "Tracking", "Purposes"].map { "NSPrivacyCollectedDataType" + $0 }
            #expect(Set(type.keys) == Set(keys))
            #expect(type["NSPrivacyCollectedDataTypeLinked"] as? Bool == false)
            #expect(type["NSPrivacyCollectedDataTypeTracking"] as? Bool == false)
            let purposes = try #require(type["NSPrivacyCollectedDataTypePurposes"] as? [String])
            let allowed = ["AppFunctionality", "Analytics"].map { "NSPrivacyCollectedDataTypePurpose" + $0 }
            #expect(!purposes.isEmpty && Set(purposes).isSubset(of: allowed))
        }
        let names = try types.map { try name($0, "NSPrivacyCollectedDataType") }
        #expect(names == ["ProductInteraction", "PerformanceData"])
    }

    @Test("what is stored is of kinds that this knows, and of those only what may leave the phone is collected")
    func stored() throws {
        // What of each kind an upload may hold; places, decisions and what says nothing of a person stay here, places as a
        // hash too: a city is found again by trying them all.
        let leaves = ["behaviour": "ProductInteraction", "derived": "PerformanceData"]
        let stays: Set = ["place", "decision", "technical"]
        let kinds = Set(try Foretap.stored().flatMap(\.fields).map(\.sensitivity))
        #expect(kinds == Set(leaves.keys).union(stays))
        let names = try list("NSPrivacyCollectedDataTypes").map { try name($0, "NSPrivacyCollectedDataType") }
        #expect(Set(names) == Set(leaves.values))
    }

    @Test("every reason is one that Apple gives for that category, and no category is named twice")
    func reasons() throws {
        let known = ["FileTimestamp": ["C617.1"], "DiskSpace": ["E174.1"], "SystemBootTime": ["35F9.1"]]
        let types = try list("NSPrivacyAccessedAPITypes")
        #expect(types.count == known.count)
        for type in types {
            #expect(Set(type.keys) == ["NSPrivacyAccessedAPIType", "NSPrivacyAccessedAPITypeReasons"])
            let category = try name(type, "NSPrivacyAccessedAPIType").replacingOccurrences(of: "APICategory", with: "")
            #expect(type["NSPrivacyAccessedAPITypeReasons"] as? [String] == known[category])
        }
    }

    @Test("what the sources call is what is named, and the other way round")
    func calls() throws {
        // What is called by this library itself. SQLCipher calls stat, fstat, statfs and fstatfs; the database is opened
        // with it in the core.
        let categories: [(String, [String])] = [
            ("FileTimestamp", ["metadata(", "rusqlite"]),
            ("DiskSpace", ["rusqlite"]),
            ("SystemBootTime", ["Instant::now", "uptimeNanoseconds"]),
            ("UserDefaults", ["UserDefaults", "AppStorage"]),
            ("ActiveKeyboards", ["activeInputModes"]),
        ]
        let folders = ["core/src", "bindings/ffi/src", "bindings/swift/Sources"]
        let texts = try folders.flatMap(sources)
        #expect(texts.count > 100)
        let called = categories.filter { _, calls in texts.contains { text in calls.contains(where: text.contains) } }
        let named = try list("NSPrivacyAccessedAPITypes").map {
            try name($0, "NSPrivacyAccessedAPIType").replacingOccurrences(of: "APICategory", with: "")
        }
        #expect(Set(called.map(\.0)) == Set(named))
    }

    @Test("it goes with the library")
    func bundled() throws {
        let bundled = try #require(Bundle.module.url(forResource: "PrivacyInfo", withExtension: "xcprivacy"))
        let kept = source("bindings/swift/Sources/Foretap/PrivacyInfo.xcprivacy")
        #expect(try Data(contentsOf: bundled) == Data(contentsOf: kept))
    }

    private func list(_ key: String) throws -> [[String: Any]] { try #require(info[key] as? [[String: Any]]) }

    /// The value under a key, without the prefix that Apple puts before it.
    private func name(_ type: [String: Any], _ key: String) throws -> String {
        let value = try #require(type[key] as? String)
        let prefix = key == "NSPrivacyAccessedAPIType" ? "NSPrivacyAccessed" : key
        #expect(value.hasPrefix(prefix))
        return String(value.dropFirst(prefix.count))
    }

    private func sources(_ folder: String) throws -> [String] {
        let files = try #require(FileManager.default.enumerator(at: source(folder), includingPropertiesForKeys: nil))
        var texts: [String] = []
        for case let file as URL in files where ["rs", "swift"].contains(file.pathExtension) {
            texts.append(try String(contentsOf: file, encoding: .utf8))
        }
        return texts
    }
}
