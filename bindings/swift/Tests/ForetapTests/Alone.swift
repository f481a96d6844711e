import Foundation
import Testing

#if os(Linux)

    /// Does `work` in a process of its own, which runs the test of this name and nothing else: for what other tests of the
    /// same process would disturb, or be disturbed by.
    func alone(_ test: String, _ work: () async throws -> Void) async throws {
        if isAlone(test) { return try await work() }
        let (process, output) = try start(test)
        let said = try await Task.detached { try output.readToEnd() }.value ?? Data()
        process.waitUntilExit()
        let text = String(decoding: said, as: UTF8.self)
        #expect(process.terminationStatus == 0 && text.contains("with 1 test passed"), "\(text)")
    }

    /// Whether this is the process that runs this test alone.
    func isAlone(_ test: String) -> Bool { ProcessInfo.processInfo.environment[marker] == test }

    /// Starts this program anew for one test. Returns the process, and what it says.
    func start(_ test: String, with variables: [String: String] = [:]) throws -> (Process, FileHandle) {
        let output = Pipe()
        let process = Process()
        process.executableURL = URL(filePath: CommandLine.arguments[0])
        process.arguments = ["--testing-library", "swift-testing", "--filter", test]
        process.environment = ProcessInfo.processInfo.environment
            .merging(variables) { _, new in new }
            .merging([marker: test]) { _, new in new }
        process.standardOutput = output
        process.standardError = output
        try process.run()
        return (process, output.fileHandleForReading)
    }

    private let marker = "FORETAP_TEST_ALONE"

#else

    /// Does `work` here: a bundle of tests is no program on Apple's systems.
    func alone(_ test: String, _ work: () async throws -> Void) async throws {
        try await work()
    }

#endif
