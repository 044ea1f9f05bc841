import Foundation
import PoolTraceTesting
import TestSupport
import Testing

/// The traits, seen from outside: this bundle is run again with the fixtures switched on.
@Suite struct OrderTraitTests {
    /// What a run of fixtures has printed, with its own folder for temporary files.
    private struct Run {
        let result: ChildResult
        let temporary: TemporaryDirectory

        var text: String { result.output + result.error }

        /// The lines of the report that begin with a word, without it.
        func lines(_ word: String) -> [String] {
            text.split(separator: "\n").compactMap { line in
                line.firstRange(of: "\(word)  ").map { line[$0.upperBound...].trimmingCharacters(in: .whitespaces) }
            }
        }
    }

    /// Runs the fixtures of a name as `swift test` would.
    private func run(_ name: String, environment: [String: String] = [:], parallel: Bool = false) async throws -> Run {
        let temporary = try TemporaryDirectory()
        let bundle = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let variables = environment.merging(
            ["ORDER_FIXTURES": "1", "NO_COLOR": "1", "TMPDIR": temporary.path], uniquingKeysWith: { own, _ in own })
        let result = try await Child.run(
            bundle,
            ["--testing-library", "swift-testing", "--filter", name] + (parallel ? [] : ["--no-parallel"]),
            environment: variables.mapValues { $0 }, limit: .seconds(50))
        return Run(result: result, temporary: temporary)
    }

    @Test(arguments: [
        "serialPool", "lastInFirstOut", "awaitedLastInFirstOut", "asyncLastInFirstOut", "knownIssue",
        "spinsUntilCancelled",
        "Inherited/fromSuite",
        "Inherited/innermost",
    ])
    func aTestPassesInItsOrderAndLeavesNothing(_ name: String) async throws {
        let run = try await run("OrderFixtures/\(name)")
        #expect(run.result.succeeded && run.text.contains("1 test"), "\(run.result)")
        #expect(try run.temporary.contents() == [])
    }

    @Test func aFailureNamesOrderAndPlace() async throws {
        let run = try await run("OrderFixtures/wrongOrder")
        #expect(run.result.status == .exited(1), "\(run.result)")
        #expect(run.lines("order") == ["lifo"], "\(run.result)")
        #expect(run.text.contains("poolOrder() == [1, 2, 3]"), "\(run.result)")
        #expect(run.text.contains("OrderFixtures.swift:"), "\(run.result)")
    }

    @Test(arguments: ["lostUpdate", "asyncLostUpdate", "awaitedInOneOrder", "overdrawn"])
    func aRareOrderIsFoundAndItsLineFailsAgain(_ name: String) async throws {
        let run = try await run("OrderFixtures/\(name)")
        #expect(run.result.status == .exited(1), "\(run.result)")
        #expect(!run.text.contains("passed when run again in the same order"), "\(run.result)")
        let line = try #require(run.lines("run it").first, "\(run.result)")
        // `VARIABLE=value ... swift test --no-parallel --filter 'pattern'`: with this bundle in the place of `swift
        // test`.
        let words = line.split(separator: " ").map(String.init)
        let variables = words.prefix { $0.contains("=") }.map {
            $0.split(separator: "=", maxSplits: 1).map(String.init)
        }
        let pattern = try #require(words.last).trimmingCharacters(in: CharacterSet(charactersIn: "'"))
        let again = try await self.run(
            pattern, environment: Dictionary(uniqueKeysWithValues: variables.map { ($0[0], $0[1]) }))
        #expect(again.result.status == .exited(1), "\(line)\n\(again.result)")
        // Here it runs in the process itself, which tells of the one issue and has nothing to say of orders.
        #expect(again.lines("order").isEmpty && again.text.contains("1 issue"), "\(line)\n\(again.result)")
        let trace = try #require(run.lines("trace").first?.split(separator: " ").last)
        #expect(FileManager.default.fileExists(atPath: "\(trace)/metadata"), "\(run.result)")
    }

    @Test func theArgumentOfAFailedCaseIsNamed() async throws {
        let run = try await run("OrderFixtures/argument")
        #expect(run.text.contains(#"(argument "bad")"#), "\(run.result)")
        #expect(!run.text.contains(#"(argument "good")"#), "\(run.result)")
    }

    @Test func aCrashIsAnIssueOfItsTestAlone() async throws {
        let run = try await run("OrderFixtures/(crash|serialPool)", parallel: true)
        #expect(run.result.status == .exited(1), "\(run.result)")
        #expect(run.text.contains("killed by signal"), "\(run.result)")
        #expect(run.text.contains("nobody expects this"), "\(run.result)")
        #expect(run.text.contains("Test serialPool() passed"), "\(run.result)")
    }

    @Test func aHangEndsAtItsLimit() async throws {
        let run = try await run("OrderFixtures/hang")
        #expect(run.text.contains("had not ended after 1.0 seconds"), "\(run.result)")
    }

    @Test func aTaskThatSpinsIsNamed() async throws {
        let run = try await run("OrderFixtures/spinsForEver", environment: ["POOLTRACE_SPIN": "0.1"])
        #expect(run.text.contains("had not ended after 5.0 seconds"), "\(run.result)")
        let named =
            #/submitted by main[\d.]* at PoolTraceTestingTests\/OrderFixtures\.swift:\d+ in .*, has run for more than /#
        #expect(run.text.contains(named), "\(run.result)")
    }

    @Test func testsRunInTheirOrdersSideBySide() async throws {
        let run = try await run(
            "OrderFixtures/(serialPool|lastInFirstOut|asyncLastInFirstOut|Inherited)", parallel: true)
        #expect(run.result.succeeded && run.text.contains("5 tests"), "\(run.result)")
    }

    @Test func withAModeInTheEnvironmentATestRunsInItsOwnProcess() async throws {
        let run = try await run("OrderFixtures/wrongOrder", environment: ["POOLTRACE_MODE": "serial:fifo"])
        #expect(run.result.succeeded, "\(run.result)")
    }

    // What users write, in this very run.
    @Test(.serial) func anOrdinaryTestOfAPool() throws {
        #expect(try OrderFixtures.poolOrder() == [1, 2, 3])
    }

    @Test(.explored(schedules: 4)) func anOrdinaryTestOfAsyncTasks() async {
        #expect(await OrderFixtures.asyncOrder().sorted() == [1, 2, 3])
    }
}
