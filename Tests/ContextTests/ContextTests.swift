import TestSupport
import Testing

/// What the bridges tell other packages of a pool's tasks, in every mode, as those packages' own test backends have got
/// it.
///
/// Each program runs as a child, since a process has one mode and one logging system.
@Suite("Context")
struct ContextTests {
    private static let modes = [
        ("parallel", 0), ("serial:fifo", 0), ("serial:lifo", 0), ("serial:random", 1), ("serial:random", 2),
        ("serial:random", 3),
    ]

    private func expect(_ lines: [String], from name: String) async throws {
        for (mode, seed) in Self.modes {
            let run = try await Child.run(
                BuiltProduct.path("context-cases"), [name],
                environment: ["POOLTRACE_MODE": mode, "POOLTRACE_SEED": "\(seed)", "POOLTRACE_LTTNG": "off"])
            #expect(run.lines == lines, "\(name), \(mode), seed \(seed): \(run)")
            #expect(run.status == .exited(0), "\(name), \(mode), seed \(seed): \(run)")
        }
    }

    @Test("A task logs with its submitter's metadata, and with its own pool, name, path and worker")
    func loggers() async throws {
        try await expect(
            [
                "nested: path=main.2.1 pool=files request=r-7 step=2 task=inner on a worker",
                "outside: ",
                "page 0: path=main.4[0] pool=files request=r-8 task=page on a worker",
                "page 1: path=main.4[1] pool=files request=r-8 task=page on a worker",
                "page 2: path=main.4[2] pool=files request=r-8 task=page on a worker",
                "reading: path=main.1 pool=files request=r-7 task=read on a worker",
                "without a name: path=main.3 pool=files request=of whoever waits on a worker",
            ], from: "loggers")
    }

    @Test("Each task and each element of a map is a span below its submitter's, with its errors")
    func spans() async throws {
        try await expect(
            [
                #"["closure #1 in closure #3 in spans()"]"#,
                "asked in none, consumer files main.8 worker",
                "bad in request, consumer files main.3 worker error broken part 1 recorded broken part 1",
                "inner in outer, consumer files main.2.1 worker",
                "map in none, internal",
                "outer in request, consumer files main.2 worker",
                "page in map, consumer files main.5[0] a worker",
                "page in map, consumer files main.5[1] b worker error broken part 2 recorded broken part 2",
                "page in map, consumer files main.5[2] c worker",
                "read in request, consumer files main.1 paper worker",
                "request in none, internal",
                "root in none, consumer files main.6 worker",
                "step in read, internal",
                "task in request, consumer files main.4 worker",
                "whoever waits in none, internal",
                "still active: []",
            ], from: "spans")
    }

    @Test("An async task is one span over all its suspensions")
    func asyncSpans() async throws {
        try await expect(
            [
                #"["closure #1 in closure #1 in asyncSpans()"]"#,
                "page in request, consumer files [0] a worker",
                "page in request, consumer files [1] b worker",
                "read in request, consumer files main.1 paper worker error broken part 5 recorded broken part 5",
                "request in none, internal",
                "step in read, internal",
                "still active: []",
            ], from: "async spans")
    }

    @Test("Metrics have the waits, the runs and the ends of all tasks, by pool and name")
    func metrics() async throws {
        try await expect(
            [
                "pooltrace.cancelled pool=one task=queued: 3",
                "pooltrace.failed pool=files task=page: 2",
                "pooltrace.queued pool=files task=page: at last 0.0, ever some",
                "pooltrace.queued pool=files: at last 0.0, ever some",
                "pooltrace.queued pool=one task=outer: at last 0.0, ever some",
                "pooltrace.queued pool=one task=queued: at last 0.0, ever some",
                "pooltrace.run pool=files task=page: 10 times true",
                "pooltrace.run pool=files: 1 times true",
                "pooltrace.run pool=one task=outer: 1 times true",
                "pooltrace.running pool=files task=page: at last 0.0, ever some",
                "pooltrace.running pool=files: at last 0.0, ever some",
                "pooltrace.running pool=one task=outer: at last 0.0, ever some",
                "pooltrace.running pool=one task=queued: at last -1.0, ever none",
                "pooltrace.succeeded pool=files task=page: 8",
                "pooltrace.succeeded pool=files: 1",
                "pooltrace.succeeded pool=one task=outer: 1",
                "pooltrace.wait pool=files task=page: 10 times true",
                "pooltrace.wait pool=files: 1 times true",
                "pooltrace.wait pool=one task=outer: 1 times true",
            ], from: "metrics")
    }

    @Test(
        "Task-local values, loggers, spans and metrics go together, with the backends that their systems were started with"
    )
    func together() async throws {
        try await expect(
            [
                #"["r-7", "r-7", "r-7"]"#,
                #"["page 0 [\"request\": r-7]", "page 1 [\"request\": r-7]", "page 2 [\"request\": r-7]"]"#,
                #"["page in request", "page in request", "page in request", "request in none", "step in page", "#
                    + #""step in page", "step in page"]"#,
                "3",
            ], from: "together")
    }

    @Test("Metrics have the tasks of a pool of processes")
    func processMetrics() async throws {
        try await expect(
            [
                "pooltrace.failed pool=halves task=map: 5",
                "pooltrace.queued pool=halves task=map: at last 0.0, ever some",
                "pooltrace.queued pool=halves task=submit: at last 0.0, ever some",
                "pooltrace.run pool=halves task=map: 10 times true",
                "pooltrace.run pool=halves task=submit: 1 times true",
                "pooltrace.running pool=halves task=map: at last 0.0, ever some",
                "pooltrace.running pool=halves task=submit: at last 0.0, ever some",
                "pooltrace.succeeded pool=halves task=map: 5",
                "pooltrace.succeeded pool=halves task=submit: 1",
                "pooltrace.wait pool=halves task=map: 10 times true",
                "pooltrace.wait pool=halves task=submit: 1 times true",
            ], from: "process metrics")
    }
}
