import Glibc
import TestSupport
import Testing

/// Whether an example works or fails is its order alone: with pools the strategy and its seed, without them whatever
/// Swift does.
@Suite("The examples with order bugs")
struct BugExampleTests {
    /// One that uses a pool alone.
    struct Explicit: Sendable, CustomTestStringConvertible {
        let name: String
        let success: String
        /// One of those that let it fail.
        let seed: Int
        /// In its standard error then.
        let failure: String
        var status = ChildResult.Status.exited(1)

        var testDescription: String { name }
    }

    static let explicit = [
        Explicit(
            name: "lost-update", success: "the stock is 175 pieces", seed: 1,
            failure: "bugs: the stock is 145 pieces, expected 175\n"),
        Explicit(
            name: "close-overtakes-flush", success: "3 lines are in the log", seed: 1,
            failure: "CloseOvertakesFlush.LogClosed: the log is closed, and 3 lines are not written\n"),
        Explicit(
            name: "unordered-reduce", success: "the checksum is 2f10bab6848c2fa0", seed: 2,
            failure: ", expected 2f10bab6848c2fa0\n"),
        Explicit(
            name: "deadlock", success: "2 pages are served", seed: 51,
            failure: "deadlock: nothing can continue", status: .exited(70)),
        Explicit(
            name: "starvation", success: "the settings are new", seed: 25,
            failure:
                "Starvation.Starved: requests were under way each time, 3 times, that the settings were to change\n"),
    ]

    private func run(
        _ name: String, patience: Int = 60, _ environment: [String: String?] = [:]
    ) async throws -> ChildResult {
        try await Child.run(
            BuiltProduct.path("bugs"), [name, "--patience", "\(patience)"],
            environment: environment.merging(["POOLTRACE_LTTNG": "off"]) { own, _ in own })
    }

    @Test("The plain orders do not show it", arguments: explicit, ["fifo", "lifo"])
    func plainOrder(bug: Explicit, strategy: String) async throws {
        let result = try await run(bug.name, ["POOLTRACE_MODE": "serial:\(strategy)"])
        #expect(result.lines == [bug.success], "\(result)")
        // On a busy machine a task may seem to block: that is said after 0.2 s, and it goes on.
        let isQuiet = result.error.isEmpty || result.error.hasPrefix("pooltrace: serial mode: a task blocks")
        #expect(result.status == .exited(0) && isQuiet, "\(result)")
    }

    @Test("A certain order does, each time", arguments: explicit)
    func failingOrder(bug: Explicit) async throws {
        let order = ["POOLTRACE_MODE": "serial:random", "POOLTRACE_SEED": "\(bug.seed)"]
        for _ in 1...2 {
            let result = try await run(bug.name, order)
            #expect(result.status == bug.status && result.error.contains(bug.failure), "seed \(bug.seed): \(result)")
        }
    }

    @Test(
        "One with async tasks works, or fails as its bug lets it and in no other way",
        arguments: [
            ("check-then-act", "1 of 2 payments are made", "bugs: the account is overdrawn: -50\n"),
            ("lost-continuation", "2 letters are read", "bugs: it hangs\n"),
            ("dropped-cancellation", "the client has hung up", "bugs: it hangs\n"),
            ("double-resume", "there is a page", "tried to resume its continuation more than once"),
        ])
    func async(name: String, success: String, failure: String) async throws {
        let result = try await run(name, patience: failure.contains("hangs") ? 5 : 60)
        if result.succeeded {
            #expect(result.lines == [success] && result.error == "", "\(result)")
        } else {
            #expect(result.error.contains(failure), "\(result)")
        }
    }

    @Test("The help tells of each what goes wrong")
    func help() async throws {
        let names = try await Child.run(BuiltProduct.path("bugs"), ["--help"]).requireSuccess().output
        for bug in Self.explicit { #expect(names.contains("\n\(bug.name)\n  Pool. "), "\(bug.name) in: \(names)") }
    }
}
