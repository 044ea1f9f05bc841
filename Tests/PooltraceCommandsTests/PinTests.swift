import Foundation
import TestSupport
import Testing

/// Runs that are alike in more than the order of their tasks.
@Suite("--pin")
struct PinTests {
    private func pooltrace(_ arguments: [String], in folder: String) async throws -> ChildResult {
        try await Child.run(
            BuiltProduct.path("pooltrace"), arguments,
            environment: ["POOLTRACE_LTTNG": "off", "NO_COLOR": "1", "XDG_STATE_HOME": folder])
    }

    @Test(
        "makes hashes, addresses, random numbers and the wall clock the same",
        arguments: ["hashes", "addresses", "random", "clock"])
    func same(what: String) async throws {
        try await withTemporaryDirectory { directory in
            let program = ["--", try BuiltProduct.path("pin-cases"), what]
            var free: Set<String> = []
            var pinned: Set<String> = []
            for _ in 0..<3 {
                free.insert(try await pooltrace(["run", "--no-pin"] + program, in: directory.path("state")).output)
                pinned.insert(try await pooltrace(["run", "--pin"] + program, in: directory.path("state")).output)
            }
            #expect(free.count == 3, "\(free)")
            #expect(pinned.count == 1, "\(pinned)")
        }
    }

    @Test("gives other random numbers for another seed, and leaves waits with a limit alone")
    func others() async throws {
        try await withTemporaryDirectory { directory in
            let program = ["--", try BuiltProduct.path("pin-cases")]
            let state = directory.path("state")
            let first = try await pooltrace(["run", "--pin", "--seed", "1"] + program + ["random"], in: state)
            let second = try await pooltrace(["run", "--pin", "--seed", "2"] + program + ["random"], in: state)
            #expect(first.output != second.output, "\(first)")
            let waits = try await pooltrace(["run", "--pin"] + program + ["waits"], in: state)
            #expect(waits.output == "false timedOut timedOut true\n", "\(waits)")
        }
    }

    @Test("says what it pins, and what not")
    func account() async throws {
        try await withTemporaryDirectory { directory in
            let program = try BuiltProduct.path("pin-cases")
            let run = try await pooltrace(
                ["run", "--pin", "--", program, "clock", "pool"], in: directory.path("state"))
            #expect(
                run.error.contains(
                    "fixed: hash order, addresses, random numbers, the wall clock; not fixed: elapsed time, process and"
                ),
                "\(run)")
        }
    }

    @Test(
        "is what verify does, and finds out without it",
        arguments: ["hashes", "addresses", "random", "clock", "nothing"])
    func cause(what: String) async throws {
        let causes = [
            "hashes": "likely cause: the order of a Set or a Dictionary",
            "addresses": "likely cause: an order by addresses",
            "random": "likely cause: random numbers; with --pin all runs are the same",
            "clock": "likely cause: the wall clock",
            "nothing": "likely cause: external input, process or thread IDs",
        ]
        try await withTemporaryDirectory { directory in
            let program = ["--", try BuiltProduct.path("pin-cases"), what, "pool"]
            let verify = try await pooltrace(["verify", "--no-pin"] + program, in: directory.path("state"))
            #expect(verify.status == .exited(1), "\(verify)")
            #expect(verify.error.contains(causes[what] ?? "?"), "\(verify)")
            guard what != "nothing" else { return }
            let pinned = try await pooltrace(["verify"] + program, in: directory.path("state"))
            #expect(pinned.status == .exited(0) && pinned.error.contains("both runs are the same"), "\(pinned)")
        }
    }
}
