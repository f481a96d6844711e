import Foundation
import Testing

import Foretap

@Suite struct MemoryTests {
    /// The bytes that are allocated, not those of the process: what a leak would show in, whatever else runs.
    @Test("100,000 predictions leave less than 1 MiB behind")
    func flat() async throws {
        try await alone("MemoryTests/flat") {
            let foretap = try await inMemory()
            try await foretap.record(habit(500))
            // What is filled once is full then.
            try await predict(with: foretap, times: 5_000)
            let before = try allocatedBytes()
            try await predict(with: foretap, times: 100_000)
            let grown = try allocatedBytes() - before
            #expect(grown < 1_048_576, "\(grown) bytes")
            try await foretap.close()
        }
    }

    @Test("the measure sees what is kept")
    func measure() async throws {
        try await alone("MemoryTests/measure") {
            let before = try allocatedBytes()
            let kept = (0..<32_000).map { _ in [UInt8](repeating: 1, count: 1_000) }
            let grown = try allocatedBytes() - before
            // The rest of starting up, in other threads, can let go of some MB meanwhile.
            #expect((26_000_000..<36_000_000).contains(grown) && kept.count == 32_000, "\(grown) bytes")
        }
    }

    /// Another minute and network each time, so that nothing is answered from what was prepared.
    private func predict(with foretap: Foretap, times: Int) async throws {
        for n in 0..<times {
            let network = Network.allCases[n % Network.allCases.count]
            let context = PhoneContext(place: "city_\(n % 3)", network: network)
            let ranking = try await foretap.predict(Request(at: minutes(n % 1_000), context: context, limit: 3))
            try #require(!ranking.predictions.isEmpty)
        }
    }
}

#if canImport(Darwin)
    private func allocatedBytes() throws -> Int {
        var statistics = malloc_statistics_t()
        malloc_zone_statistics(nil, &statistics)
        return statistics.size_in_use
    }
#else
    /// By glibc's own account, which Swift's module of it leaves out.
    private func allocatedBytes() throws -> Int {
        typealias Function = @convention(c) (CInt, UnsafeMutablePointer<FILE>) -> CInt
        let symbol = try #require(dlsym(dlopen(nil, RTLD_NOW), "malloc_info"))
        var (text, length): (UnsafeMutablePointer<CChar>?, Int) = (nil, 0)
        let stream = try #require(open_memstream(&text, &length))
        try #require(unsafeBitCast(symbol, to: Function.self)(0, stream) == 0)
        fclose(stream)
        defer { free(text) }
        // The figures of the whole process come after those of the last heap.
        let sums = String(cString: try #require(text)).components(separatedBy: "</heap>").last ?? ""
        func size(_ of: String) throws -> Int {
            let line = try #require(sums.split(separator: "\n").first { $0.hasPrefix("<\(of)") })
            let size = try #require(line.firstMatch(of: /size="(\d+)"/))
            return try #require(Int(size.1))
        }
        let free = try size("total type=\"fast\"") + size("total type=\"rest\"")
        return try size("system type=\"current\"") + size("total type=\"mmap\"") - free
    }
#endif
