import Foundation
import Testing

@testable import Foretap

/// The files of core/tests/vectors, which Rust wrote.
@Suite struct VectorsTests {
    private let folder: Folder
    private let life: Json
    private let keys: KeptKeys

    private struct KeptKeys: KeyProvider {
        let key: Data
        let salt: Data
        let secret: Data

        func load() throws -> LogKeys { try LogKeys(key: key, salt: salt, pseudonymSecret: secret) }
        func erase() throws { throw Missing(what: "nobody asked for it") }
    }

    init() throws {
        folder = try Folder()
        life = try Json(contentsOf: source("core/tests/vectors/life-1.json"))
        keys = KeptKeys(
            key: try life["key"].bytes(),
            salt: try life["salt"].bytes(),
            secret: try life["pseudonym_secret"].bytes()
        )
    }

    @Test("the kept life gives the kept rankings and decisions")
    func keptLife() async throws {
        let clock = HandClock()
        let options = ForetapOptions(clock: clock.wall)
        let foretap = try await Foretap.open(at: folder.log("life.db"), keys: keys, options: options)
        var (decided, asked): ([Decision], Int) = ([], 0)
        for step in life["steps"].list {
            let told = step["do"]
            clock.now = try told["at"].timestamp()
            switch try step["step"].text() {
            case "record": try await foretap.record(told.event())
            case "decide": decided.append(try await foretap.decide(told["control"].control()))
            case "undo": #expect(try await foretap.undo(decided[try told["decision"].int()]))
            default:
                asked += 1
                try expect(step, from: foretap, gives: try await foretap.predict(told.request()))
            }
        }
        #expect(asked >= 30)
        #expect(try foretap.pseudonyms.userID("ada") == life["pseudonyms"]["user_id"]["is"].text())
        clock.now = try life["decisions_at"].timestamp()
        #expect(try await foretap.decisions().map(\.control) == life["decisions"].list.map { try $0.control() })
        try await foretap.close()
    }

    private func expect(_ step: Json, from foretap: Foretap, gives ranking: Ranking) throws {
        #expect(try ranking.items == step["items"].list.map { try $0.item() })
        let probabilities = try step["probabilities"].list.map { try $0.double() }
        #expect(probabilities.count == ranking.predictions.count)
        for (prediction, probability) in zip(ranking.predictions, probabilities) {
            #expect(abs(prediction.probability - probability) < 1e-4)
        }
        let english = Locale(identifier: "en")
        let sentences = try ranking.predictions.map { try foretap.why($0, locale: english)[0] }
        #expect(try sentences == step["reasons"].list.map { try $0.text() })
    }

    @Test("the export of the kept life has the kept bytes")
    func keptBytes() async throws {
        let clock = HandClock()
        let options = ForetapOptions(clock: clock.wall)
        let foretap = try await Foretap.open(at: folder.log("life.db"), keys: keys, options: options)
        var decided: [Decision] = []
        // What is asked changes nothing that is exported; what is told does.
        for step in life["steps"].list {
            let told = step["do"]
            clock.now = try told["at"].timestamp()
            switch try step["step"].text() {
            case "record": try await foretap.record(told.event())
            case "decide": decided.append(try await foretap.decide(told["control"].control()))
            case "undo": try await foretap.undo(decided[try told["decision"].int()])
            default: break
            }
        }
        let file = folder.file("life.export")
        let secret = ExportSecret.key(try life["export_key"].bytes())
        try await foretap.export(to: file, secret: secret, entropy: try life["entropy"].bytes())
        try await foretap.close()
        let kept = try Data(contentsOf: source("core/tests/vectors/life-1.export"))
        let written = try Data(contentsOf: file)
        #if arch(x86_64)
            #expect(written == kept)
        #else
            // Powers differ by processor in their last bit, and habits keep every bit.
            #expect(written.count == kept.count)
        #endif
    }

    @Test("the kept export is read, and goes on as the life did")
    func keptExport() async throws {
        let clock = HandClock()
        clock.now = try life["decisions_at"].timestamp()
        let foretap = try await inMemory(clock)
        let secret = ExportSecret.key(try life["export_key"].bytes())
        let imported = try await foretap.import(from: source("core/tests/vectors/life-1.export"), secret: secret)
        #expect(imported.added > 400)
        #expect(try await foretap.decisions().count == life["decisions"].list.count)
        let last = try #require(life["steps"].list.last { $0["step"].word == "predict" })
        let ranking = try await foretap.predict(last["do"].request())
        #expect(try Set(ranking.items) == Set(last["items"].list.map { try $0.item() }))
    }

    @Test("a log of the first schema is opened and goes on")
    func firstSchema() async throws {
        let file = folder.file("log.db")
        try FileManager.default.copyItem(at: source("core/tests/vectors/schema-1.sqlcipher"), to: file)
        let old = KeptKeys(
            key: Data(repeating: 1, count: 32),
            salt: Data(repeating: 0xfe, count: 16),
            secret: Data(count: 32)
        )
        let foretap = try await Foretap.open(at: .file(file), keys: old)
        #expect(try await foretap.opened() == .existing)
        #expect(try await foretap.health().events > 0)
        #expect(try await foretap.record(.launch(mail, at: minutes(1))) == .stored)
        try await foretap.close()
    }

    @Test("the kept bundle is read as far as it goes")
    func keptBundle() async throws {
        // It is one of another feature schema, and holds no graph: read whole, and refused in words.
        let kept = try Data(contentsOf: source("core/tests/vectors/format-1.bundle"))
        let refused = try await inMemory(model: .bundle(kept)).health().modelRefused
        #expect(refused?.contains("fefefefe") == true)
        let shipped = try Data(contentsOf: source("core/data/foretap.bundle"))
        let model = try await inMemory(model: .bundle(shipped)).health().model
        #expect(try await inMemory().health().model == model && model != nil)
    }

    @Test("places, tokens and ids have the kept pseudonyms")
    func pseudonyms() throws {
        let kept = life["pseudonyms"]
        let pseudonyms = Pseudonyms(secret: try life["pseudonym_secret"].bytes())
        for place in kept["places"].list {
            let token = try pseudonyms.place(
                latitude: place["latitude"].double(),
                longitude: place["longitude"].double(),
                granularity: place["granularity"].named(Granularity.self)
            )
            #expect(try token == place["is"].text())
        }
        #expect(kept["places"].list.count > 3)
        let token = try pseudonyms.token(label: kept["token"]["label"].text(), text: kept["token"]["text"].text())
        #expect(try token == kept["token"]["is"].text())
        #expect(try pseudonyms.userID("ada") == kept["user_id"]["is"].text())
        #expect(try pseudonyms.deviceID("ada") == kept["device_id"]["is"].text())
    }
}
