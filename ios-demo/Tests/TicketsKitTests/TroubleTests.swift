import Foretap
import Foundation
import Testing

@testable import TicketsKit

@MainActor
struct TroubleTests {
    @Test func aLogInUseIsSaidAndTriedAgain() async throws {
        let phone = try Phone()
        try await phone.learn()
        let other = try await phone.open()
        let model = phone.start()
        await model.appeared()
        #expect(model.state.problem?.text == "The log is open elsewhere.")
        #expect(model.state.row == nil)
        await model.solve()
        #expect(model.state.problem?.button == "Retry")
        try await other.close()
        await model.solve()
        #expect(model.state.problem == nil)
        #expect(model.actions.contains(.departures))
    }

    @Test func aKeychainThatDoesNotAnswerIsTriedAgain() async throws {
        let phone = try Phone()
        try await phone.learn()
        phone.keys.answers = .keyUnavailable("the keychain does not answer now")
        let model = phone.start()
        await model.appeared()
        #expect(model.state.problem?.remedy == .retry)
        #expect(await model.log.upkeep() == false)
        phone.keys.answers = nil
        // Coming back is a try as well.
        await model.appeared()
        #expect(model.state.problem == nil)
        #expect(model.actions.contains(.departures))
        #expect(await model.log.upkeep())
    }

    @Test func aLostKeyIsTheWayToStartOver() async throws {
        let phone = try Phone()
        try await phone.learn()
        phone.keys.answers = .keyLost("the keychain lost the key")
        let model = phone.start()
        await model.appeared()
        #expect(model.state.problem?.button == "Start over")
        #expect(await model.log.upkeep())
        // Nothing was deleted, and nothing is before the person says so.
        #expect(phone.hasLog)
        await model.solve()
        #expect(model.state.problem == nil)
        #expect(model.actions == Array(Action.allCases.prefix(Row.places)))
        #expect(try await model.events() == 0)
    }

    @Test func aDamagedLogIsSetAsideAndSaid() async throws {
        let phone = try Phone()
        try await phone.learn()
        let handle = try FileHandle(forWritingTo: phone.file)
        let size = try handle.seekToEnd()
        try handle.seek(toOffset: 0)
        try handle.write(contentsOf: Data(repeating: 0x5A, count: Int(size)))
        try handle.close()
        let model = phone.start()
        await model.appeared()
        #expect(model.state.notice?.text.hasPrefix("What was learned was damaged.") == true)
        #expect(model.state.row != nil)
        #expect(model.state.problem == nil)
    }

    @Test func aLogThatIsDamagedWhileItIsOpenIsOpenedAgain() async throws {
        let phone = try Phone()
        let model = try await phone.startAtHome()
        let first = try await model.log.session().foretap
        var tries = 0
        await model.attempt { model in
            tries += 1
            if tries == 1 { throw ForetapError.damaged("") }
            #expect(try await model.log.session().foretap !== first)
        }
        #expect(model.state.problem?.remedy == .reopen)
        await model.solve()
        #expect(tries == 2)
        #expect(model.state.problem == nil)
        #expect(try await model.log.session().foretap !== first)
        await #expect(throws: ForetapError.self) { try await first.health() }
    }

    @Test func whatThePersonMustPutRightStaysToBeRead() async throws {
        let model = try await Phone().startAtHome()
        let file = FileManager.default.temporaryDirectory.appending(path: "missing-\(UUID().uuidString)")
        await model.import(file, passphrase: "eight or more")
        #expect(model.state.problem?.button == nil)
        await model.perform(.buy)
        #expect(model.state.problem != nil)
        model.closeProblem()
        #expect(model.state.problem == nil)
        await model.solve()
        #expect(model.state.problem == nil)
    }

    @Test(arguments: [
        ForetapError.invalidArgument(canary), .keyMismatch(canary), .keyUnavailable(canary), .keyLost(canary),
        .newer(canary), .inUse(canary), .transient(canary), .damaged(canary), .wrongSecret(canary), .badExport(canary),
        .file(canary), .internal(canary), .other(canary),
    ])
    func noProblemRepeatsWhatFailed(error: ForetapError) throws {
        let problem = try #require(Problem(error))
        #expect(!String(describing: problem).contains(canary))
        #expect(problem.text.hasSuffix("."))
        #expect((problem.button == nil) == (problem.remedy == .none))
    }

    @Test func whatIsGivenUpIsNobodysConcern() throws {
        #expect(Problem(CancellationError()) == nil)
        #expect(Problem(ForetapError.closed("")) == nil)
        #expect(try #require(Problem(CocoaError(.fileNoSuchFile))).text == "Something went wrong.")
    }
}

private let canary = "canary"
