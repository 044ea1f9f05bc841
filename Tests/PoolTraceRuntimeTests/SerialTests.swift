import TestSupport
import Testing

/// Programs with Swift's executors taken over, in serial mode.
@Suite("Async tasks on one thread")
struct SerialTests {
    static let orders = [("serial", "0"), ("serial:lifo", "0"), ("serial:random", "1"), ("serial:random", "2")]

    @Test(
        "Every kind of async task runs to its end in every order",
        arguments: [
            "groups", "asyncLet", "actors", "mainActor", "detached", "yields", "sleeps", "foreign", "pools", "shutdown",
        ])
    func runs(name: String) async throws {
        for (mode, seed) in Self.orders {
            let result = try await RuntimeProgram.run(name, mode: mode, seed: seed).requireSuccess()
            #expect(result.error == "", "\(mode) \(seed): \(result)")
            switch name {
            case "groups": #expect(result.lines.first == "sum 9", "\(mode) \(seed): \(result)")
            case "asyncLet": #expect(result.lines == ["total 1275"], "\(mode) \(seed): \(result)")
            case "actors": #expect(result.lines.first?.hasPrefix("balance ") == true, "\(mode) \(seed): \(result)")
            case "mainActor":
                #expect(result.lines == ["shown 5, on the main thread true"], "\(mode) \(seed): \(result)")
            case "detached": #expect(result.lines == ["task 3", "detached 4"], "\(mode) \(seed): \(result)")
            case "yields": #expect(result.lines == ["seen"], "\(mode) \(seed): \(result)")
            case "foreign": #expect(result.lines == ["resumed with 5"], "\(mode) \(seed): \(result)")
            case "pools": #expect(result.lines.first == "doubled [2, 4, 6]", "\(mode) \(seed): \(result)")
            case "shutdown": #expect(result.lines == ["value 42"], "\(mode) \(seed): \(result)")
            default: #expect(result.lines.first == "cancelled true", "\(mode) \(seed): \(result)")
            }
        }
    }

    @Test("Jobs of the main actor keep the order in which they were queued, as with its own executor")
    func mainOrder() async throws {
        let searched = ["random", "delays", "pct"].flatMap { name in (1...4).map { ("serial:\(name)", "\($0)") } }
        for (mode, seed) in Self.orders + searched {
            let result = try await RuntimeProgram.run("mainOrder", mode: mode, seed: seed).requireSuccess()
            #expect(result.lines == ["order true"], "\(mode) \(seed): \(result)")
        }
    }

    @Test("An hour's sleep takes no time, and sleeps of equal length end in the order in which they began")
    func sleeps() async throws {
        let fifo = try await RuntimeProgram.run("sleeps", mode: "serial").requireSuccess()
        #expect(fifo.lines.last == "woke early, second early, middle, late", "\(fifo)")
    }

    @Test("The strategy decides what a race comes to")
    func races() async throws {
        var balances = Set<String>()
        for seed in 1...8 {
            balances.insert(try await RuntimeProgram.run("actors", mode: "serial:random", seed: "\(seed)").output)
        }
        #expect(balances.count > 1, "\(balances)")
    }

    @Test(
        "The same order gives the same decisions, byte for byte",
        arguments: ["groups", "asyncLet", "actors", "mainActor", "yields", "sleeps", "pools", "shutdown"])
    func repeats(name: String) async throws {
        for (mode, seed) in Self.orders {
            var logs = Set<String>()
            for _ in 0..<2 {
                try await withTemporaryDirectory { folder in
                    try await RuntimeProgram.run(name, mode: mode, seed: seed, trace: folder.path("trace"))
                        .requireSuccess()
                    logs.insert(try await RuntimeProgram.steps(in: folder.path("trace")))
                }
            }
            #expect(logs.count == 1, "\(name), \(mode) \(seed): \(logs)")
            #expect(logs.first?.isEmpty == false, "\(name), \(mode) \(seed): no steps")
        }
    }

    @Test("Tasks that nobody can resume are named, and the process ends")
    func lost() async throws {
        let result = try await RuntimeProgram.run("lost", mode: "serial")
        #expect(result.status == .exited(70), "\(result)")
        #expect(
            result.error.contains(
                "2 async tasks are suspended (main, main.1), and no other thread is there to resume them"), "\(result)")
        for part in [
            "  task main\n    suspended  AsyncCase.lost() at ", "               AsyncCase.run() at ",
            "  task main.1 \"async\"\n    submitted  at async-cases/AsyncCase.swift:",
            "    suspended  closure #1 in closure #1 in AsyncCase.lost() at ",
        ] { #expect(result.error.contains(part), "no \(part) in \(result)") }
    }

    @Test("A thread that could resume a task has the patience that is set for it")
    func patience() async throws {
        let result = try await RuntimeProgram.run("threads", mode: "serial", environment: ["POOLTRACE_PATIENCE": "0.1"])
        #expect(result.status == .exited(70), "\(result)")
        #expect(
            result.error.contains(
                "1 async task is suspended (main), and no other thread has resumed any for 0.1 seconds"),
            "\(result)")
    }

    @Test(
        "A main that is not async, and blocks, has its tasks run by a thread of ours",
        arguments: ["groups", "asyncLet", "actors", "detached", "yields", "sleeps", "foreign"])
    func blocked(name: String) async throws {
        for (mode, seed) in Self.orders {
            let result = try await RuntimeProgram.run(name, of: "runtime-blocked", mode: mode, seed: seed)
            #expect(result.succeeded && !result.lines.isEmpty && result.error == "", "\(mode) \(seed): \(result)")
        }
    }
}
