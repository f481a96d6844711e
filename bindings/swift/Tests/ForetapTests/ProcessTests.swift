import Foundation
import Testing

@testable import Foretap

#if os(Linux)

    /// A process of its own that owns the log, and is killed.
    @Suite struct ProcessTests {
        private let options = ForetapOptions(clock: HandClock().wall)

        @Test("a process that has the log keeps others out, and loses nothing stored when it is killed")
        func killed() async throws {
            let (test, variable) = ("ProcessTests/killed", "FORETAP_TEST_LOG")
            if isAlone(test) { return try await recordOn(try #require(ProcessInfo.processInfo.environment[variable])) }
            let folder = try Folder()
            let (process, output) = try start(test, with: [variable: folder.file("log.db").path()])
            defer { process.terminate() }
            #expect(try await lastNumber(in: output, atLeast: 1) >= 1)
            let refused = await errorOf {
                _ = try await Foretap.open(at: folder.log(), keys: FixedKeys(), options: options)
            }
            #expect(refused?.kind == "inUse")
            let acknowledged = try await lastNumber(in: output, atLeast: 200)
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            let foretap = try await Foretap.open(at: folder.log(), keys: FixedKeys(), options: options)
            #expect(try await foretap.opened() == .existing)
            #expect(try await foretap.health().events >= acknowledged)
            #expect(try await foretap.record(.launch(mail, at: minutes(1_000_000))) == .stored)
            let later = Request(moment: .unlockOrResume, at: minutes(1_000_001))
            #expect(try await foretap.predict(later).items.contains(mail))
            try await foretap.close()
        }

        /// Records for as long as somebody listens, and says after each event how many are stored.
        private func recordOn(_ path: String) async throws {
            let foretap = try await Foretap.open(at: .file(URL(filePath: path)), keys: FixedKeys(), options: options)
            for n in 1...1_000_000 {
                try await foretap.record(.launch(n % 4 == 0 ? maps : mail, at: minutes(n)))
                try FileHandle.standardOutput.write(contentsOf: Data("stored \(n)\n".utf8))
            }
        }

        /// Reads until so many are stored. Returns how many were when that was read.
        private func lastNumber(in output: FileHandle, atLeast: Int) async throws -> Int {
            try await Task.detached {
                var text = ""
                while true {
                    let bytes = try #require(try output.read(upToCount: 64), "the process ended: \(text)")
                    text += String(decoding: bytes, as: UTF8.self)
                    // The last line can be cut off.
                    let numbers = text.matches(of: /stored (\d+)\n/).compactMap { Int($0.1) }
                    if let last = numbers.last, last >= atLeast { return last }
                }
            }.value
        }
    }

#endif
