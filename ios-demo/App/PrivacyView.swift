import Foretap
import SwiftUI
import TicketsKit
import UniformTypeIdentifiers

/// What is kept, how much, what the person decided, and the ways to take it along or be rid of it.
struct PrivacyView: View {
    @EnvironmentObject private var screen: Screen
    let page: PrivacyPage

    @State private var isErasing = false

    var body: some View {
        List {
            if page.isErased {
                Text(page.erasedMeans)
            }
            if let log = page.log {
                amount(log)
                decisions(log)
                TakeAlongSection(page: page)
            }
            if !page.isErased {
                Section {
                    Button("Erase everything", role: .destructive) { isErasing = true }
                } footer: {
                    Text(page.eraseMeans)
                }
            }
            Section("Uploads") {
                Text(page.uploadsMean)
                if let log = page.log { UploadRows(page: page, log: log) }
            }
            kept
        }
        .navigationTitle("Your data")
        .confirmationDialog("Erase everything?", isPresented: $isErasing, titleVisibility: .visible) {
            Button("Erase everything", role: .destructive) { screen.run { await $0.erase() } }
        } message: {
            Text(page.eraseMeans)
        }
    }

    @ViewBuilder
    private func amount(_ log: PrivacyPage.Log) -> some View {
        Section {
            ForEach(log.amount, id: \.self) { LabeledContent($0.label, value: $0.value) }
        } header: {
            Text("How much is kept")
        } footer: {
            Text(page.protection)
        }
        Section {
            Toggle(
                "Pause learning",
                isOn: Binding(
                    get: { @MainActor in log.pause != nil },
                    set: { @MainActor isPaused in screen.run { await $0.pauseLearning(isPaused) } }
                )
            )
        } footer: {
            Text(page.pauseMeans)
        }
    }

    private func decisions(_ log: PrivacyPage.Log) -> some View {
        Section("Decisions in force") {
            if log.decisions.isEmpty {
                Text("None. “Why this?” is where they are made.")
            }
            ForEach(log.decisions) { made in
                HStack {
                    VStack(alignment: .leading) {
                        Text(made.text)
                        Text(made.since).font(.caption).foregroundStyle(.secondary)
                    }
                    Spacer()
                    Button("Undo") { screen.run { await $0.undo(made.decision) } }
                        .buttonStyle(.borderless)
                        .accessibilityLabel("Undo: \(made.text)")
                }
            }
        }
    }

    private var kept: some View {
        Section("What is kept, in the words of the library") {
            ForEach(page.stored, id: \.self) { place in
                DisclosureGroup {
                    Text(place.lies)
                    ForEach(place.fields, id: \.self) { field in
                        VStack(alignment: .leading) {
                            Text(field.name)
                            Text(field.lines).font(.caption).foregroundStyle(.secondary)
                        }
                    }
                } label: {
                    LabeledContent(place.name, value: place.fields.count.formatted())
                }
            }
        }
    }
}

/// What the person allows to be sent, and what would be.
private struct UploadRows: View {
    @EnvironmentObject private var screen: Screen
    let page: PrivacyPage
    let log: PrivacyPage.Log

    var body: some View {
        permission("Allow reports of a day", page.reportsMean, \.reports)
        permission("Allow samples of unlocks", page.samplesMean, \.samples)
        LabeledContent("What waits to be sent", value: log.uploads.isEmpty ? "nothing" : "")
        ForEach(log.uploads) { upload in
            DisclosureGroup(upload.title) { Text(upload.text).font(.caption.monospaced()) }
        }
    }

    private func permission(
        _ title: String,
        _ means: String,
        _ which: WritableKeyPath<UploadConsent, Bool>
    ) -> some View {
        let isAllowed = Binding(
            get: { @MainActor in log.consent[keyPath: which] },
            set: { @MainActor isAllowed in
                var consent = log.consent
                consent[keyPath: which] = isAllowed
                screen.run { [consent] in await $0.allow(consent) }
            }
        )
        return Toggle(isOn: isAllowed) {
            Text(title)
            Text(means).font(.caption).foregroundStyle(.secondary)
        }
    }
}

/// Export and import, each with its passphrase.
private struct TakeAlongSection: View {
    @EnvironmentObject private var screen: Screen
    let page: PrivacyPage

    @State private var passphrase = ""
    @State private var isExporting = false
    @State private var exported: URL?
    @State private var isMoving = false
    @State private var isPicking = false
    @State private var picked: URL?
    @State private var isImporting = false

    var body: some View {
        Section {
            Button("Export") { isExporting = true }
                .alert("Choose a passphrase", isPresented: $isExporting) { words(export) }
                .fileMover(isPresented: $isMoving, file: exported) { _ in discard() }
            Button("Import") { isPicking = true }
                .fileImporter(isPresented: $isPicking, allowedContentTypes: [.data]) {
                    picked = try? $0.get()
                    isImporting = picked != nil
                }
                .alert("Passphrase of the export", isPresented: $isImporting) { words(take) }
        } header: {
            Text("Take along")
        } footer: {
            Text("\(page.exportMeans) \(page.passphraseMeans) \(page.importMeans)")
        }
        // Where the person moved it nowhere.
        .onDisappear { discard() }
    }

    @ViewBuilder
    private func words(_ go: @escaping @MainActor () -> Void) -> some View {
        SecureField("At least 8 characters", text: $passphrase)
        Button("OK", action: go).disabled(!PrivacyPage.isPassphrase(passphrase))
        Button("Cancel", role: .cancel) { passphrase = "" }
    }

    private func export() {
        let words = passphrase
        passphrase = ""
        screen.run { model in
            discard()
            exported = await model.export(passphrase: words)
            isMoving = exported != nil
        }
    }

    private func take() {
        guard let file = picked else { return }
        let words = passphrase
        passphrase = ""
        screen.run { model in
            // A file of another app is open to this one in between only.
            let isLent = file.startAccessingSecurityScopedResource()
            await model.import(file, passphrase: words)
            if isLent { file.stopAccessingSecurityScopedResource() }
        }
    }

    private func discard() {
        guard let file = exported else { return }
        exported = nil
        screen.model.discard(file)
    }
}
