import Foundation
import Testing

@Suite struct SyncNamesTests {
    @Test("every public type is named in the reference's landing page")
    func documented() throws {
        let tests = URL(filePath: #filePath).deletingLastPathComponent()
        let sources = tests.appending(path: "../../Sources/ForetapSync").standardizedFileURL
        let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        let declaration = /^public (?:final )?(?:struct|enum|class|actor|protocol) (\w+)/
        var names: [String] = []
        for case let file as URL in files where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            names += text.matches(of: declaration.anchorsMatchLineEndings()).map { String($0.1) }
        }
        #expect(names.count > 15)
        let page = try String(contentsOf: sources.appending(path: "ForetapSync.docc/ForetapSync.md"), encoding: .utf8)
        #expect(names.filter { !page.contains("- ``\($0)``") } == [])
    }
}
