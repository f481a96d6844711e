import Foretap
import Foundation

// The pages about predictions and about data.
extension TicketsModel {
    /// Opens the page about predictions.
    public func openHealth() async {
        await attempt { model in
            let session = try await model.session()
            let health = try await session.foretap.health()
            model.state.health = HealthPage(health, latency: session.unlocks.latency)
        }
    }

    /// Closes it.
    public func closeHealth() { state.health = nil }

    /// Opens the page about data, also where the log cannot be opened: what is stored, and the way to be rid of it.
    public func openPrivacy() async {
        await attempt { model in
            model.state.privacy = PrivacyPage(nil, stored: try Foretap.stored())
            try await model.refreshPrivacy(model.session())
        }
    }

    /// Closes it; ``appeared()`` follows.
    public func closePrivacy() { state.privacy = nil }

    /// Pauses learning, or goes on.
    public func pauseLearning(_ isPaused: Bool) async {
        let pause = state.privacy?.log?.pause
        if isPaused, pause == nil { await decide(.pauseLearning(), "Learning is paused") }
        if !isPaused, let pause { await undo(pause) }
    }

    /// Changes what the person allows to be sent.
    public func allow(_ consent: UploadConsent) async {
        await attempt { model in
            let session = try await model.session()
            try await session.foretap.setUploadConsent(consent)
            try await model.refreshPrivacy(session)
            let isAny = consent.reports || consent.samples
            model.state.notice = Notice(isAny ? "Counts from now on" : "Nothing is allowed; what waited is gone")
        }
    }

    /// Writes an export to a temporary file, which is the caller's to move or to ``discard(_:)``; `nil` where that fails.
    public func export(passphrase: String) async -> URL? {
        let folder = exports.appendingPathComponent(UUID().uuidString)
        let file = folder.appendingPathComponent("Tickets.foretap")
        var isWritten = false
        await attempt(isRepeatable: false) { model in
            let session = try await model.session()
            try Self.make(folder)
            let exported = try await session.foretap.export(to: file, secret: .passphrase(passphrase))
            let events = Words.count(exported.events, "event", "events")
            model.state.notice = Notice("Exported: \(events), \(Words.size(exported.bytes))")
            isWritten = true
        }
        if !isWritten { discard(file) }
        return isWritten ? file : nil
    }

    /// Removes an export that nobody took.
    public func discard(_ file: URL) {
        try? FileManager.default.removeItem(at: file.deletingLastPathComponent())
    }

    /// Takes an export in.
    public func `import`(_ file: URL, passphrase: String) async {
        await attempt(isRepeatable: false) { model in
            let session = try await model.session()
            let imported = try await session.foretap.import(from: file, secret: .passphrase(passphrase))
            try await model.refreshAll(session)
            model.state.notice = Notice("Imported: \(Words.count(imported.added, "new event", "new events"))")
        }
    }

    /// Erases everything, also before the log was opened.
    public func erase() async {
        await attempt { model in
            try await model.eraseNow()
            if model.state.privacy != nil {
                model.state.privacy = PrivacyPage(nil, stored: try Foretap.stored(), isErased: true)
            }
        }
    }

    private nonisolated static func make(_ folder: URL) throws {
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw ForetapError.file("the folder of an export could not be made")
        }
    }

    func refreshPrivacy(_ session: TicketsLog.Session) async throws {
        let health = try await session.foretap.health()
        let decisions = try await session.foretap.decisions()
        let consent = try await session.foretap.uploadConsent()
        let uploads = try await session.foretap.waitingUploads()
        let log = PrivacyPage.Log(health, decisions, consent, uploads)
        state.privacy = PrivacyPage(log, stored: try Foretap.stored())
    }
}
