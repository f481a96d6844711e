import Foretap
import Foundation
import Testing

@testable import TicketsKit

@MainActor
struct PrivacyTests {
    @Test func thePageSaysWhatIsKept() async throws {
        let model = try await Phone().startAtHome()
        await model.openPrivacy()
        let page = try #require(model.state.privacy)
        let stored = try Foretap.stored()
        #expect(page.stored == stored)
        #expect(page.stored.contains { $0.name == "log" && !$0.fields.isEmpty })
        let field = try #require(page.stored.first?.fields.first)
        #expect(field.lines.contains(field.keeping) && field.lines.contains(field.readers))
        let log = try #require(page.log)
        let events = Words.count(try await model.events())
        #expect(log.amount.first == Line("Events", events))
        #expect(log.amount.contains(Line("Days", "21")))
        #expect(log.decisions.isEmpty && log.pause == nil)
        #expect(log.uploads.isEmpty && log.consent == UploadConsent())
    }

    @Test func whatThePersonAllowsWaitsAndIsGoneWhenItIsTakenBack() async throws {
        let phone = try Phone()
        let model = try await phone.startAtHome()
        await model.openPrivacy()
        await model.allow(UploadConsent(reports: true))
        #expect(model.state.notice?.text == "Counts from now on")
        #expect(model.state.privacy?.log?.consent == UploadConsent(reports: true))
        phone.clock.advance(ms: 3 * dayMs)
        await model.openPrivacy()
        let upload = try #require(model.state.privacy?.log?.uploads.first)
        #expect(upload.title.hasPrefix("A batch of ") && upload.text.contains("reports of a day: 2"))
        let events = try await model.events()
        await model.allow(UploadConsent())
        #expect(model.state.privacy?.log?.uploads.isEmpty == true)
        #expect(model.state.notice?.text == "Nothing is allowed; what waited is gone")
        #expect(try await model.events() == events)
    }

    @Test func decisionsAreListedAndTakenBack() async throws {
        let model = try await Phone().startAtHome()
        await model.decide(.exclude, .validate)
        await model.openPrivacy()
        let made = try #require(model.state.privacy?.log?.decisions.first)
        #expect(made.text == "Validate: not suggested")
        #expect(made.since == "since 2 Feb, 07:20")
        await model.undo(made.decision)
        #expect(model.state.privacy?.log?.decisions.isEmpty == true)
        #expect(model.actions.contains(.validate))
    }

    @Test func whileLearningIsPausedNothingIsStored() async throws {
        let model = try await Phone().startAtHome()
        await model.openPrivacy()
        await model.pauseLearning(true)
        #expect(model.state.privacy?.log?.pause != nil)
        let events = try await model.events()
        await model.perform(.buy)
        #expect(try await model.events() == events)
        await model.pauseLearning(true)
        #expect(model.state.privacy?.log?.decisions.count == 1)
        await model.pauseLearning(false)
        #expect(model.state.privacy?.log?.pause == nil)
        await model.perform(.buy)
        #expect(try await model.events() == events + 1)
    }

    @Test func anExportGoesOnElsewhere() async throws {
        let model = try await Phone().startAtHome()
        let file = try #require(await model.export(passphrase: "eight or more"))
        defer { model.discard(file) }
        #expect(model.state.notice?.text.hasPrefix("Exported: ") == true)

        let other = try Phone().start()
        await other.appeared()
        #expect(Set(other.actions) != Set(model.actions))
        await other.import(file, passphrase: "eight or less")
        #expect(other.state.problem == Problem(ForetapError.wrongSecret("")))
        await other.import(file, passphrase: "eight or more")
        let events = Words.count(try await model.events())
        #expect(other.state.notice?.text == "Imported: \(events) new events")
        #expect(Set(other.actions) == Set(model.actions))
    }

    @Test func anExportThatFailsLeavesNoFile() async throws {
        let phone = try Phone()
        let model = try await phone.startAtHome()
        #expect(await model.export(passphrase: "short") == nil)
        // Only the person can choose another passphrase.
        #expect(model.state.problem?.text == "Something went wrong.")
        #expect(model.state.problem?.button == nil)
        #expect(try phone.exports().isEmpty)
        let file = try #require(await model.export(passphrase: "long enough"))
        #expect(try phone.exports().count == 1)
        model.discard(file)
        #expect(try phone.exports().isEmpty)
    }

    @Test func aFileThatIsNoExportIsRefused() async throws {
        let phone = try Phone()
        let model = try await phone.startAtHome()
        let file = phone.folder.appending(path: "no.export")
        try Data("nothing of the kind".utf8).write(to: file)
        await model.import(file, passphrase: "eight or more")
        #expect(model.state.problem?.text == "This file is no export, or it was changed.")
        let missing = phone.folder.appending(path: "missing")
        await model.import(missing, passphrase: "eight or more")
        #expect(model.state.problem?.text == "The file could not be read or written.")
    }

    @Test func aPassphraseHasEightBytesAtLeast() {
        #expect(!PrivacyPage.isPassphrase("1234567"))
        #expect(PrivacyPage.isPassphrase("12345678"))
        #expect(PrivacyPage.isPassphrase("grüße!"))
        #expect(PrivacyPage.isPassphrase(String(repeating: "x", count: 1_024)))
        #expect(!PrivacyPage.isPassphrase(String(repeating: "x", count: 1_025)))
    }

    @Test func everythingIsErasedAndBeginsAnewAtHome() async throws {
        let phone = try Phone()
        let model = try await phone.startAtHome()
        await model.openPrivacy()
        let reloads = phone.reloads.count
        await model.erase()
        #expect(model.state.privacy?.isErased == true)
        #expect(model.state.row == nil)
        #expect(!phone.hasLog)
        #expect(await eventually { phone.unlocks.listenerCount == 0 })
        #expect(phone.reloads.count == reloads + 1)
        #expect(phone.widget().first?.message == "Open the app to get suggestions.")
        // Neither going away nor coming back begins a new log while the page says that there is none.
        await model.left()
        await model.appeared()
        #expect(!phone.hasLog)
        model.closePrivacy()
        await model.appeared()
        #expect(model.actions == Array(Action.allCases.prefix(Row.places)))
        #expect(try await model.events() == 0)
        // And unlocks are answered again.
        await model.arrive(phone)
        #expect(model.state.problem == nil)
    }

    @Test(arguments: [true, false])
    func theWidgetIsReloadedWhereTheKeysStay(isOpen: Bool) async throws {
        let phone = try Phone()
        let first = try await phone.startAtHome()
        if !isOpen { try await first.log.close() }
        let model = isOpen ? first : phone.start()
        let reloads = phone.reloads.count
        phone.keys.answersErasure = .keyUnavailable("the keychain does not answer now")
        await model.erase()
        #expect(model.state.problem?.remedy == .retry)
        #expect(phone.reloads.count == reloads + 1)
        #expect(phone.widget().map(\.message) == ["Open the app to get suggestions."])
        // What is left is erased the second time.
        await model.solve()
        #expect(model.state.problem == nil && !phone.hasLog)
    }

    @Test func upkeepBeginsNothingAfterAnErasure() async throws {
        let phone = try Phone()
        let model = try await phone.startAtHome()
        #expect(await model.log.upkeep())
        await model.erase()
        #expect(await model.log.upkeep())
        #expect(!phone.hasLog)
        #expect(await phone.start().log.upkeep())
        #expect(!phone.hasLog)
    }

    @Test func everythingCanBeErasedBeforeTheLogOpens() async throws {
        let phone = try Phone()
        try await phone.learn()
        phone.keys.answers = .keyUnavailable("the keychain does not answer now")
        let model = phone.start()
        await model.openPrivacy()
        // The page is there all the same.
        let page = try #require(model.state.privacy)
        #expect(page.log == nil && !page.stored.isEmpty)
        #expect(model.state.problem?.remedy == .retry)
        await model.erase()
        #expect(!phone.hasLog)
        #expect(model.state.privacy?.isErased == true)
        #expect(model.state.problem == nil)
        model.closePrivacy()
        await model.appeared()
        #expect(try await model.events() == 0)
    }
}
