import TestSupport
import Testing

/// What a pool can do, in every mode; each program runs as a child, since a process has one mode.
@Suite("Features")
struct FeatureTests {
    static let features: [Feature] = [
        Feature(name: "apply", lines: ["42", "broken part 1"]),
        Feature(name: "starmap", lines: ["[8, 9, 1000]", #"["aa", "bbb"]"#, #"["1xtrue"]"#, "19900", "[8, 9, 1000]"]),
        Feature(name: "scope", lines: ["done 5050"]),
        Feature(name: "scope that throws", lines: ["broken part 2 0"], isBeforeTasks: true),
        Feature(name: "async scope", lines: ["awaited 5050"]),
        Feature(
            name: "terminate", lines: ["true 0", #"pool "pool-1" is closed and accepts no more tasks"#],
            isBeforeTasks: true),
        Feature(name: "initializer", lines: ["[1, 1, 1]", "main.3"]),
        Feature(
            name: "initializer that throws",
            lines: [
                #"pool "broken" is broken because its initializer threw; see the report of the task "initializer""#,
                #"pool "broken" is broken because its initializer threw; see the report of the task "initializer""#,
                "0",
            ]),
        Feature(name: "worker names", lines: ["crew-1"]),
        Feature(name: "tasks per worker", lines: ["true", "1000"]),
        Feature(name: "priorities", lines: [#"["high", "high", "normal", "low"]"#], isBeforeTasks: true),
        Feature(name: "deadline", lines: ["main.1", "ran"]),
        Feature(name: "resize", lines: ["4 true", "1 true", "true"]),
        Feature(name: "fail fast", lines: ["Broken 1"]),
        Feature(
            name: "collect all",
            lines: [
                "[3, 13, 23, 33, 43, 53, 63, 73, 83, 93]", "[10, 1]",
                "task main.1[3] failed", "  others     9 failed the same way", "task main.1[50] failed",
            ]),
        Feature(
            name: "submitMap", lines: ["1000", "[]", "[0, 1, 4, 9, 16, 25, 36, 49, 64, 81]"]),
        Feature(
            name: "submitMap that fails",
            lines: [
                "broken part 7 main.1[7]", #"["main.2[7]", "main.2[407]", "main.2[807]"]"#, #"["main.3[0]"]"#,
            ]),
        Feature(name: "submitMap cancelled", lines: ["false", "CancellationError 0 true"], isBeforeTasks: true),
        Feature(name: "imap", lines: ["broken part 50", "5101 true", #"["a", "b", "c"]"#]),
        Feature(name: "imapUnordered", lines: ["3000", "[0, 1]", "5050"]),
        Feature(name: "imap given up", lines: ["timeout", "0"], isBeforeTasks: true),
        Feature(name: "callbacks of a map", lines: [#"["[1, 2]", "broken part 4 four"]"#]),
        Feature(name: "nothing to map", lines: ["[] [] []", "[] []"]),
        Feature(name: "imap with a timeout", lines: ["timeout", "0 1", "2 nil"]),
        Feature(name: "both", lines: ["6765 610", #"("a-b", "c")"#, "1 6", "alive 2"]),
        Feature(
            name: "both that fail",
            lines: ["main.1 main.1.1", "main.2 broken part 2", "left", "cycle true", "terminated true"]),
        Feature(name: "executor", lines: ["499500", "true 1", "async", "7"]),
        Feature(
            name: "asyncMap",
            lines: [
                "true true", #"[] ["aa", "bb", "cc"]"#, "9 [9]", "[3, 6, 9]",
                #"[["[0].1", "[0].2"], ["[1].1", "[1].2"]]"#,
            ]),
        Feature(
            name: "asyncMap that fails",
            lines: [
                "broken part 7 [7] 7 fetch", "pool_features/Async.swift 2",
                #"["[7]", "[47]", "[87]"]"#, "broken part 3 4",
            ]),
        Feature(
            name: "asyncMap of a stream that fails",
            lines: ["broken part 0 true", "broken part 3 true", "broken part 10 true", "7"]),
        Feature(
            name: "async cancellation", lines: ["CancellationError true", "CancellationError true", "true"]),
        Feature(
            name: "async submit",
            lines: [
                "main.1 6", "broken part 5 paper", "closure #4 in asyncSubmit() 0", "8",
                #"pool "pool-1" is closed and accepts no more tasks"#, "1",
            ]),
        Feature(
            name: "bounded group", lines: ["499500 true", "broken part 4 part", "broken part 9 2", "4950"]),
        Feature(
            name: "task-locals",
            lines: [
                #"["a 7"] none 0 inner 1, then none 0"#, #"["b 8"]"#, #"["b 8"]"#, #"["b 8"]"#, #"["b 8"]"#,
                #"["c 9"]"#,
                #"["execute b 8", "execute each b 8", "execute later b 8"]"#,
            ]),
        Feature(
            name: "task-locals of callbacks and threads",
            lines: [#"["early early", "gone gone", "late late", "thread starter"]"#]),
        Feature(
            name: "async task-locals", lines: [#"["a 0", "a 0", "a 5"]"#, #"["a 0"]"#, #"["a 0"]"#]),
        Feature(
            name: "observers",
            lines: [
                // Submitted, started, ended, dropped: each as succeeded, failed, cancelled.
                "async bad: 1 1 0/1/0 0/0/0 true", "async good: 1 1 1/0/0 0/0/0 true",
                "async map: 10 10 8/2/0 0/0/0 true",
                "async refused: 1 0 0/0/0 0/1/0 true",
                "p asked: 1 1 0/0/1 0/0/0 true", "p bad: 1 1 0/1/0 0/0/0 true", "p cancelled: 1 0 0/0/0 0/0/1 true",
                "p cancelled map: 100 0 0/0/0 0/0/100 true", "p each: 100 100 100/0/0 0/0/0 true",
                "p execute: 1 1 1/0/0 0/0/0 true",
                "p good: 1 1 1/0/0 0/0/0 true", "p inner: 1 1 1/0/0 0/0/0 true", "p late: 1 1 0/1/0 0/0/0 true",
                "p map: 100 100 97/3/0 0/0/0 true", "p outer: 1 1 1/0/0 0/0/0 true", "p refused: 1 0 0/0/0 0/1/0 true",
                "terminated queued: 10 0 0/0/0 0/0/10 true",
            ], isBeforeTasks: true),
        Feature(name: "chunk size", lines: ["499500", "499500", "499500", "499500"]),
    ]

    @Test("A feature gives the same results in every mode", arguments: features)
    func feature(_ feature: Feature) async throws { try await feature.check(in: "pool-features") }
}
