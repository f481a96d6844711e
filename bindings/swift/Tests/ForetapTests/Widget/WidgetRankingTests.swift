import Foundation
import Testing

@testable import Foretap

@Suite struct WidgetRankingTests {
    private let folder: Folder
    private let clock = HandClock()
    private let reloads = Reloads()
    private var place: LogPlace { folder.log() }
    private var file: URL { folder.file("log.db.ranking.json") }

    init() throws {
        folder = try Folder()
    }

    @Test("what the app shares is what the widget reads, without opening the log")
    func shares() async throws {
        #expect(try WidgetRanking.read(at: place) == nil)
        let foretap = try await open()
        let ranking = try await foretap.predict(limit: 2, surface: "widget", moment: .unlockOrResume)
        try await foretap.share(ranking, locale: Locale(identifier: "en")) { "name of \($0.id)" }
        let read = try #require(try WidgetRanking.read(at: place))
        #expect(read.entries.map(\.item) == ranking.items)
        #expect(read.entries.map(\.probability) == ranking.predictions.map(\.probability))
        #expect(read.entries[0].name == "name of mail")
        let why = try foretap.why(ranking.predictions[0], locale: Locale(identifier: "en")) { "name of \($0.id)" }
        #expect(read.entries[0].reason == why[0])
        #expect(read.at == clock.now && read.surface == "widget")
        try await foretap.close()
        #expect(try WidgetRanking.read(at: place) == read)
    }

    @Test("in its own folder the file is ranking.json")
    func named() {
        let files = LogFiles(folder: folder.file("foretap"), isShared: true)
        #expect(files.ranking == folder.file("foretap/ranking.json"))
    }

    @Test("eight are shown at most")
    func eight() async throws {
        let foretap = try await open()
        let many = (0..<20).map { Item("action \($0)") }
        let ranking = try await foretap.predict(limit: 20, candidates: many)
        #expect(ranking.predictions.count == 20)
        try await foretap.share(ranking)
        #expect(try WidgetRanking.read(at: place)?.entries.map(\.item) == Array(ranking.items.prefix(8)))
        let entry = WidgetRanking.Entry(item: mail, name: "", probability: 1, reason: "")
        let made = WidgetRanking(entries: Array(repeating: entry, count: 9), at: monday, surface: "")
        #expect(made.entries.count == WidgetRanking.maxEntries)
        try await foretap.close()
    }

    @Test("it is said whether the widget has something else to show")
    func changes() async throws {
        let foretap = try await open()
        let ranking = try await foretap.predict(limit: 3, moment: .unlockOrResume)
        #expect(try await foretap.share(ranking))
        clock.advance(minutes: 1)
        #expect(try await !foretap.share(ranking))
        #expect(try WidgetRanking.read(at: place)?.at == clock.now)
        #expect(try await foretap.share(ranking) { "\($0.id)!" })
        var fewer = ranking
        fewer.predictions.removeLast()
        #expect(try await foretap.share(fewer) { "\($0.id)!" })
        fewer.predictions[0].probability = 0.41
        try await foretap.share(fewer) { "\($0.id)!" }
        fewer.predictions[0].probability = 0.44
        #expect(try await !foretap.share(fewer) { "\($0.id)!" })
        fewer.predictions[0].probability = 0.52
        #expect(try await foretap.share(fewer) { "\($0.id)!" })
        try await foretap.close()
    }

    @Test(
        "what the person puts away vanishes at once, and stays away from what was predicted before",
        arguments: [
            .exclude(mail), .neverLearn(mail), .snooze(mail, until: .at(minutes(60))), .snooze(mail, until: .frequent),
        ] as [Control]
    )
    func hides(control: Control) async throws {
        let foretap = try await open()
        let ranking = try await foretap.predict(limit: 3, moment: .unlockOrResume)
        try await foretap.share(ranking)
        #expect(reloads.value == 0)
        let decision = try await foretap.decide(control)
        #expect(reloads.value == 1)
        #expect(try WidgetRanking.read(at: place)?.entries.map(\.item) == ranking.items.filter { $0 != mail })
        // The file is the same, and not what the widget has read.
        #expect(try await foretap.share(ranking))
        #expect(try await !foretap.share(ranking))
        #expect(try WidgetRanking.read(at: place)?.entries.map(\.item) == ranking.items.filter { $0 != mail })
        try await foretap.undo(decision)
        #expect(try await foretap.share(ranking))
        #expect(try WidgetRanking.read(at: place)?.entries.map(\.item) == ranking.items)
        #expect(reloads.value == 1)
        try await foretap.close()
    }

    @Test("that the widget was not reloaded is known after a restart")
    func staleAfterRestart() async throws {
        let foretap = try await open()
        try await foretap.share(foretap.predict(limit: 3, moment: .unlockOrResume))
        try await foretap.decide(.exclude(mail))
        try await foretap.close()
        let again = try await open()
        let ranking = try await again.predict(limit: 3, moment: .unlockOrResume)
        #expect(try await again.share(ranking))
        #expect(try await !again.share(ranking))
        try await again.close()
    }

    @Test("a reason that names what the person puts away goes too")
    func reasons() async throws {
        let foretap = try await open()
        let ranking = try await foretap.predict(limit: 3, moment: .unlockOrResume)
        var named = ranking
        named.predictions = ranking.predictions.map { prediction in
            var prediction = prediction
            prediction.reasons = [Reason(.follows(prediction.item == maps ? mail : maps), weight: 1)]
            return prediction
        }
        try await foretap.share(named) { "the \($0.id)" }
        let before = try #require(try WidgetRanking.read(at: place)).entries
        #expect(before.contains { $0.item == maps && $0.reason.contains("the mail") })
        try await foretap.decide(.exclude(mail))
        let after = try #require(try WidgetRanking.read(at: place)).entries
        #expect(!after.isEmpty && !after.contains { $0.item == mail || $0.reason.contains("mail") })
        #expect(after.filter { $0.item != maps } == before.filter { $0.item != maps && $0.item != mail })
        // What was predicted before the decision is shared without it too.
        try await foretap.share(named) { "the \($0.id)" }
        let text = try String(contentsOf: file, encoding: .utf8)
        #expect(!text.contains("mail"))
        try await foretap.close()
    }

    @Test("where the widget's taps come from can be said")
    func surface() async throws {
        let foretap = try await open()
        try await foretap.share(foretap.predict(surface: "home"), surface: "small widget")
        #expect(try WidgetRanking.read(at: place)?.surface == "small widget")
        try await foretap.close()
    }

    @Test("decisions that come with an import count too")
    func imports() async throws {
        let other = try await inMemory(clock)
        try await other.record(habit(60))
        try await other.decide(.exclude(mail))
        let secret = ExportSecret.key(Data(repeating: 5, count: 32))
        try await other.export(to: folder.file("export"), secret: secret)
        let foretap = try await open()
        let ranking = try await foretap.predict(limit: 3, moment: .unlockOrResume)
        try await foretap.share(ranking)
        try await foretap.import(from: folder.file("export"), secret: secret)
        #expect(try WidgetRanking.read(at: place)?.entries.map(\.item) == ranking.items.filter { $0 != mail })
        try await foretap.close()
    }

    @Test("decisions that come with an import count for what the log here does not know")
    func sealedImports() async throws {
        let hidden = Item("secret")
        let other = try await inMemory(clock)
        try await other.record(habit(60))
        try await other.decide(.exclude(hidden))
        let secret = ExportSecret.key(Data(repeating: 5, count: 32))
        try await other.export(to: folder.file("export"), secret: secret)
        let foretap = try await open()
        let candidates = [hidden, mail, maps, news]
        var ranking = try await foretap.predict(limit: 4, candidates: candidates, moment: .unlockOrResume)
        ranking.predictions = ranking.predictions.map { prediction in
            var prediction = prediction
            prediction.reasons = [Reason(.follows(hidden), weight: 1)]
            return prediction
        }
        try await foretap.share(ranking)
        #expect(try String(contentsOf: file, encoding: .utf8).contains("secret"))
        try await foretap.import(from: folder.file("export"), secret: secret)
        #expect(try await foretap.decisions().map(\.control) == [.unnamed(isNeverLearn: false)])
        #expect(reloads.value == 1)
        for _ in 0..<2 {
            #expect(try WidgetRanking.read(at: place)?.entries.count == 3)
            #expect(try !String(contentsOf: file, encoding: .utf8).contains("secret"))
            // Predicted before the import.
            try await foretap.share(ranking)
        }
        try await foretap.close()
    }

    @Test("more than an answer of the engine holds is shared too")
    func many() async throws {
        let foretap = try await open()
        let one = try await foretap.predict(limit: 1, moment: .unlockOrResume)
        var ranking = one
        ranking.predictions = (0..<130).map { n in
            var prediction = one.predictions[0]
            prediction.item = Item("action \(n)")
            prediction.reasons = [Reason(.follows(Item("other \(n)")), weight: 1)]
            return prediction
        }
        for n in 0..<122 { try await foretap.decide(.exclude(Item("action \(n)"))) }
        try await foretap.share(ranking)
        let shown = try WidgetRanking.read(at: place)?.entries
        #expect(shown?.map(\.item.id) == (122..<130).map { "action \($0)" })
        #expect(shown?.allSatisfy { $0.after != nil } == true)
        try await foretap.close()
    }

    @Test("a hidden profile vanishes as a whole, and other decisions hide nothing")
    func profiles() async throws {
        let foretap = try await open()
        let items = [mail, Item("mail", profile: 7), Item("maps", profile: 7)]
        let ranking = try await foretap.predict(limit: 3, candidates: items, moment: .unlockOrResume)
        try await foretap.share(ranking)
        let others: [Control] = [.pin(maps, position: 1), .promote(news), .halfLife(nil, days: 3), .pauseLearning()]
        for control in others { try await foretap.decide(control) }
        #expect(try WidgetRanking.read(at: place)?.entries.count == 3)
        try await foretap.decide(.hideProfile(7))
        #expect(try WidgetRanking.read(at: place)?.entries.map(\.item) == [mail])
        try await foretap.close()
    }

    @Test("it goes with the log, and nothing is written after that")
    func erased() async throws {
        let foretap = try await open()
        let ranking = try await foretap.predict(limit: 3, moment: .unlockOrResume)
        try await foretap.share(ranking)
        try await foretap.erase()
        #expect(try WidgetRanking.read(at: place) == nil)
        #expect(await errorOf { try await foretap.share(ranking) }?.kind == "closed")
        #expect(!file.isThere)
        let second = try await open()
        try await second.share(ranking)
        try await second.close()
        #expect(await errorOf { try await second.share(ranking) }?.kind == "closed")
        try await Foretap.eraseAt(place, keys: FixedKeys())
        #expect(!file.isThere)
    }

    @Test("the form of the file stays")
    func form() throws {
        let text = """
            {"format":1,"ranking":{"at":{"epochMs":1770019200000,"utcOffsetMinutes":60},"entries":[{"item":{"id":"mail",\
            "profile":0},"name":"Mail","probability":0.5,"reason":"Because"}],"surface":"main"}}
            """
        try Data(text.utf8).write(to: file)
        let entry = WidgetRanking.Entry(item: mail, name: "Mail", probability: 0.5, reason: "Because")
        #expect(try WidgetRanking.read(at: place) == WidgetRanking(entries: [entry], at: monday, surface: "main"))
    }

    @Test("a file that is none of this version's is said, and goes when something is put away")
    func damaged() async throws {
        for text in ["", "{", "{\"format\":2,\"ranking\":{}}", "{\"format\":1}", "canary"] {
            try Data(text.utf8).write(to: file)
            let error = await errorOf { _ = try WidgetRanking.read(at: place) }
            #expect(error == .file("the widget's ranking cannot be read"))
        }
        let foretap = try await open()
        #expect(file.isThere)
        try await foretap.decide(.exclude(mail))
        #expect(!file.isThere)
        #expect(reloads.value == 1)
        try await foretap.close()
    }

    @Test("a file that cannot be written is an error")
    func unwritable() async throws {
        let foretap = try await open()
        try FileManager.default.createDirectory(at: file, withIntermediateDirectories: true)
        try Data().write(to: file.appending(path: "in the way"))
        let ranking = try await foretap.predict()
        #expect(await errorOf { try await foretap.share(ranking) }?.kind == "file")
        try await foretap.close()
    }

    @Test("a log in memory has no widget")
    func memory() async throws {
        let foretap = try await inMemory()
        let ranking = try await foretap.predict()
        #expect(await errorOf { try await foretap.share(ranking) }?.kind == "invalidArgument")
        try await foretap.decide(.exclude(mail))
    }

    @Test("a widget that reads while the app writes reads the whole")
    func atomic() async throws {
        let foretap = try await open()
        let ranking = try await foretap.predict(limit: 3, moment: .unlockOrResume)
        try await foretap.share(ranking)
        let place = place
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for _ in 0..<200 {
                    let read = try WidgetRanking.read(at: place)
                    #expect(read?.entries.count == 3)
                    await Task.yield()
                }
            }
            group.addTask { for _ in 0..<200 { try await foretap.share(ranking) } }
            try await group.waitForAll()
        }
        try await foretap.close()
    }

    private func open() async throws -> Foretap {
        let foretap = try await Foretap.open(
            at: place,
            keys: FixedKeys(),
            options: ForetapOptions(clock: clock.wall, widgetChanged: { [reloads] in reloads.add() })
        )
        try await foretap.record(habit(60))
        return foretap
    }
}
