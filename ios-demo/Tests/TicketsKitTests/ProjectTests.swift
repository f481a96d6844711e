import Foundation
import Testing

@testable import TicketsKit

/// What Xcode is told, against what the code says.
struct ProjectTests {
    private let demo = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    @Test func theAppGroupIsTheSameEverywhere() throws {
        for target in ["Tickets", "TicketsWidget"] {
            let path = try #require(
                try project().scalar("targets", target, "settings", "base", "CODE_SIGN_ENTITLEMENTS"))
            let bytes = try Data(contentsOf: demo.appending(path: path))
            let entitlements = try PropertyListSerialization.propertyList(from: bytes, format: nil)
            let groups = try #require(entitlements as? [String: [String]])
            #expect(groups == ["com.apple.security.application-groups": [Names.appGroup]])
        }
    }

    @Test func linksAndUpkeepAreAllowed() throws {
        let properties = ["targets", "Tickets", "info", "properties"]
        let project = try project()
        #expect(project.list(properties + ["CFBundleURLTypes", "CFBundleURLSchemes"]) == [Names.urlScheme])
        #expect(project.list(properties + ["BGTaskSchedulerPermittedIdentifiers"]) == [Names.upkeepTask])
        #expect(project.list(properties + ["UIBackgroundModes"]) == ["processing"])
        // What the app does not use it does not ask for.
        #expect(!(try text("project.yml").contains("UsageDescription")))
    }

    @Test func theWidgetIsThePartOfTheApp() throws {
        let project = try project()
        let app = try #require(project.scalar("targets", "Tickets", "settings", "base", "PRODUCT_BUNDLE_IDENTIFIER"))
        let widget = project.scalar("targets", "TicketsWidget", "settings", "base", "PRODUCT_BUNDLE_IDENTIFIER")
        #expect(widget == app + ".widget")
        #expect(Names.appGroup == "group." + app)
        #expect(Names.upkeepTask.hasPrefix(app + "."))
        #expect(project.scalar("packages", "Foretap", "path") == "../bindings/swift")
        #expect(
            project.scalar(
                "targets", "TicketsWidget", "info", "properties", "NSExtension", "NSExtensionPointIdentifier")
                == "com.apple.widgetkit-extension")
    }

    @Test func theWidgetNeverOpensTheLog() throws {
        let sources = try swift("App/Widget")
        #expect(sources.count == 1)
        for source in sources {
            #expect(source.contains("WidgetEntry.timeline"))
            for word in ["import Foretap", "TicketsLog", "TicketsModel", ".open("] { #expect(!source.contains(word)) }
        }
    }

    @Test func viewsAreFewAndThin() throws {
        let sources = try swift("App") + swift("App/Widget")
        #expect(sources.count <= 10)
        #expect(sources.allSatisfy { $0.split(separator: "\n").count < 200 })
    }

    private func swift(_ folder: String) throws -> [String] {
        let path = demo.appending(path: folder).path(percentEncoded: false)
        let names = try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasSuffix(".swift") }
        return try names.map { try text("\(folder)/\($0)") }
    }

    private func project() throws -> Outline { Outline(try text("project.yml")) }

    private func text(_ name: String) throws -> String {
        try String(contentsOf: demo.appending(path: name), encoding: .utf8)
    }
}

/// The part of YAML that project.yml is written in: keys and lists by indentation.
private struct Outline {
    private var leaves: [(path: [String], value: String)] = []

    init(_ text: String) {
        var open: [(indent: Int, key: String)] = []
        for line in text.split(separator: "\n") where !line.drop(while: { $0 == " " }).hasPrefix("#") {
            var rest = line.drop { $0 == " " }
            var indent = line.count - rest.count
            let isEntry = rest.hasPrefix("- ")
            if isEntry {
                rest = rest.dropFirst(2)
                indent += 2
            }
            open.removeAll { $0.indent >= indent }
            let parts = rest.split(separator: ": ", maxSplits: 1).map { String($0).trimmingCharacters(in: quotes) }
            switch (parts.count, rest.hasSuffix(":")) {
            case (2, _): leaves.append((open.map(\.key) + [parts[0]], parts[1]))
            case (_, true): open.append((indent, String(rest.dropLast())))
            default: leaves.append((open.map(\.key), parts[0]))
            }
        }
    }

    /// What stands behind a key.
    func scalar(_ path: String...) -> String? { leaves.first { $0.path == path }?.value }

    /// The entries of a list.
    func list(_ path: [String]) -> [String] { leaves.filter { $0.path == path }.map(\.value) }
}

private let quotes = CharacterSet(charactersIn: "\"")
