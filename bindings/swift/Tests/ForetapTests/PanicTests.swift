import Foundation
import Testing

@testable import Foretap

#if os(Linux)

    /// The library that tests load here panics on demand in any exported function; the one for Apple's systems never does.
    @Suite struct PanicTests {
        private let clock = HandClock()
        private let folder: Folder

        private typealias Call = @Sendable (Foretap) async throws -> Void

        init() throws {
            folder = try Folder()
        }

        /// Every exported function, in the order of `Export` in bindings/ffi/src/call.rs.
        private func exports() -> [(String, Call)] {
            let (secret, bytes) = (ExportSecret.key(Data(count: 32)), Data(count: 32))
            let (options, folder) = (ForetapOptions(clock: clock.wall), folder)
            let pinned = Prediction(item: mail, probability: 1, reasons: [Reason(.pinned, weight: 1)], propensity: 1)
            let (names, keys) = (Pseudonyms(secret: bytes), FixedKeys())
            let begin: @Sendable (Foretap) async throws -> ModelSync = {
                try await $0.beginModelSync(root: Repository.root())
            }
            return [
                ("open", { _ in try await Foretap.open(at: folder.log("o.db"), keys: keys, options: options).close() }),
                ("open_in_memory", { _ in try await Foretap.inMemory(options: options).close() }),
                ("erase_at", { _ in try await Foretap.eraseAt(folder.log("none.db"), keys: keys) }),
                ("sentence", { _ = try $0.why(pinned) }),
                ("inventory", { _ in _ = try Foretap.stored() }),
                ("hash_location", { _ in _ = try names.place(latitude: 1, longitude: 2) }),
                ("hash_user_id", { _ in _ = try names.userID("ada") }),
                ("hash_device_id", { _ in _ = try names.deviceID("ada") }),
                ("pseudonym_token", { _ in _ = try names.token(label: "bssid", text: "x") }),
                ("record", { try await $0.record(.launch(mail)) }),
                ("record_all", { try await $0.record([.launch(maps)]) }),
                ("backfill", { try await $0.backfill([.launch(news, at: minutes(-5_000))]) }),
                ("predict", { _ = try await $0.predict() }),
                ("prepare", { try await $0.prepare() }),
                ("checkpoint", { try await $0.checkpoint() }),
                ("maintain", { try await $0.maintain() }),
                ("decide", { try await $0.decide(.exclude(Item("bank"))) }),
                ("undo", { try await $0.undo(id: 1) }),
                ("decisions", { _ = try await $0.decisions() }),
                ("export_to", { try await $0.export(to: folder.file("export"), secret: secret) }),
                ("import_from", { try await $0.import(from: folder.file("kept.export"), secret: secret) }),
                ("health", { _ = try await $0.health() }),
                ("opened", { _ = try await $0.opened() }),
                ("erase", { try await $0.erase() }),
                ("shut", { try await $0.close() }),
                ("begin_sync", { _ = try await begin($0) }),
                ("task", { _ = try await begin($0).next() }),
                ("received", { _ = try await begin($0).received(bytes) }),
                ("completed", { try await begin($0).completed() }),
                ("absent", { try await begin($0).absent(.missing) }),
                ("finish", { _ = try await begin($0).finish() }),
                ("cancel", { try await begin($0).cancel() }),
                ("consent", { _ = try await $0.uploadConsent() }),
                ("set_consent", { try await $0.setUploadConsent(UploadConsent(reports: true)) }),
                ("seal_uploads", { _ = try await $0.waitingUploads() }),
                ("outbox", { _ = try await $0.waitingUploads() }),
                ("begin_upload", { _ = try await $0.beginUpload() }),
                ("post", { _ = try await $0.beginUpload().next() }),
                ("answered", { try await $0.beginUpload().taken() }),
                ("failed", { try await $0.beginUpload().failed() }),
                ("end", { try await $0.beginUpload().finish() }),
            ]
        }

        @Test("a panic in any exported function is a typed error and the next call works")
        func everyPanic() async throws {
            try await alone("PanicTests/everyPanic") {
                try await inMemory().export(to: folder.file("kept.export"), secret: .key(Data(count: 32)))
                let exports = exports()
                for (number, (name, call)) in exports.enumerated() {
                    let place = folder.log("\(name).db")
                    let options = ForetapOptions(clock: clock.wall)
                    let foretap = try await Foretap.open(at: place, keys: FixedKeys(), options: options)
                    try await foretap.record(habit(30))
                    #expect(try panic(in: number) == exports.count, "the exports that the library has")
                    #expect(await errorOf { try await call(foretap) } == .internal("internal error in \(name)"))
                    if name == "erase" || name == "shut" {
                        // It was done before the panic; the log can be opened again.
                        let again = try await Foretap.open(at: place, keys: FixedKeys(), options: options)
                        _ = try await again.predict()
                        try await again.close()
                    } else {
                        try await call(foretap)
                        #expect(try await foretap.predict(moment: .unlockOrResume).items.first == mail, "\(name)")
                        try await foretap.close()
                    }
                }
            }
        }

        @Test("what was stored before a panic stays stored and decisions stay made")
        func keptBeforePanic() async throws {
            try await alone("PanicTests/keptBeforePanic") {
                let options = ForetapOptions(clock: clock.wall)
                let foretap = try await Foretap.open(at: folder.log(), keys: FixedKeys(), options: options)
                try await foretap.record(habit(30))
                try await foretap.decide(.exclude(news))
                let before = try await foretap.predict(moment: .unlockOrResume).predictions
                _ = try panic(in: try #require(exports().firstIndex { $0.0 == "health" }))
                #expect(await errorOf { _ = try await foretap.health() }?.kind == "internal")
                #expect(try await foretap.predict(moment: .unlockOrResume).predictions == before)
                #expect(try await foretap.health().events == 30)
                #expect(!before.map(\.item).contains(news))
                try await foretap.close()
            }
        }

        /// The next call of the export of this number panics. Returns how many exports there are.
        private func panic(in export: Int) throws -> Int {
            typealias Function = @convention(c) (UInt32) -> UInt32
            let symbol = try #require(dlsym(dlopen(nil, RTLD_NOW), "foretap_panic_in"))
            return Int(unsafeBitCast(symbol, to: Function.self)(UInt32(export)))
        }
    }

#endif
