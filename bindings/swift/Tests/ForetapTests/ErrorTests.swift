import ForetapFFI
import Testing

@testable import Foretap

@Suite struct ErrorTests {
    @Test("every error of the core has its case, with its words")
    func cases() {
        let native: [(ForetapFFI.ForetapError, String)] = [
            (.InvalidArgument(message: "words"), "invalidArgument"), (.KeyMismatch(message: "words"), "keyMismatch"),
            (.Newer(message: "words"), "newer"), (.InUse(message: "words"), "inUse"),
            (.Transient(message: "words"), "transient"), (.Damaged(message: "words"), "damaged"),
            (.WrongSecret(message: "words"), "wrongSecret"), (.BadExport(message: "words"), "badExport"),
            (.File(message: "words"), "file"), (.Closed(message: "words"), "closed"),
            (.Internal(message: "words"), "internal"), (.Other(message: "words"), "other"),
        ]
        for (error, kind) in native {
            #expect(error.public.kind == kind && error.public.localizedDescription == "words")
        }
    }

    @Test("what nobody knows is an internal error, and what it says is dropped")
    func unknown() async {
        let error = await errorOf { try typed { throw Missing(what: "canary") } }
        #expect(error?.kind == "internal" && error?.description == "internal error")
    }
}
