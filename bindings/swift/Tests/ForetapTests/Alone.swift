import Foundation
import Testing

#if os(Linux)

    /// Does `work` in a process of its own, which runs the test of this name and nothing else: for what other tests of the
    /// same process would disturb, or be disturbed by.
    func alone(_ test: String, _ work: () async throws -> Void) async throws {
        if ProcessInfo.processInfo.environment[marker] == test { return try await work() }
        let output = Pipe()
        let process = Process()
        process.executableURL = URL(filePath: CommandLine.arguments[0])
        process.arguments = ["--testing-library", "swift-testing", "--filter", test]
        process.environment = ProcessInfo.processInfo.environment.merging([marker: test]) { _, new in new }
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let said = try await Task.detached { try output.fileHandleForReading.readToEnd() }.value ?? Data()
        process.waitUntilExit()
        let text = String(decoding: said, as: UTF8.self)
        #expect(process.terminationStatus == 0 && text.contains("with 1 test passed"), "\(text)")
    }

    private let marker = "FORETAP_TEST_ALONE"

#else

    /// Does `work` here: a bundle of tests is no program on Apple's systems.
    func alone(_ test: String, _ work: () async throws -> Void) async throws {
        try await work()
    }

#endif
