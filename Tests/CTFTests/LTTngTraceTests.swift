import Foundation
import TestSupport
import Testing

@testable import CTF

// LTTng's user-space tracer writes large headers (a tag of 16 bits); compact ones are among the traces made by hand.

@Suite("Traces that LTTng records")
struct LTTngTraceTests {
    struct Recording: CustomTestStringConvertible, Sendable {
        var buffers: String
        var contexts: [String] = []
        var channel: [String] = []

        var testDescription: String { "\(buffers) \(contexts) \(channel)" }
    }

    private static let recordings = [
        Recording(buffers: "--buffers-uid", contexts: ["vpid", "vtid", "procname"]),
        Recording(buffers: "--buffers-pid", channel: ["--subbuf-size=4096", "--num-subbuf=256"]),
        Recording(buffers: "--buffers-uid", contexts: ["pthread_id", "ip"]),
    ]

    /// Records `count` events of each of the program's two classes.
    private static func record(
        _ recording: Recording, count: Int, _ body: @escaping @Sendable (_ trace: String) async throws -> Void
    ) async throws {
        let program = try BuiltProduct.path("ust-sample")
        try await PrivateSessionDaemon.with { daemon in
            let trace = "\(daemon.home)/trace"
            try await daemon.lttng("create", "sample", "--output=\(trace)")
            func lttng(_ arguments: [String]) async throws {
                try await daemon.run("lttng", ["--no-sessiond"] + arguments).requireSuccess()
            }
            try await lttng(["enable-channel", "--userspace", recording.buffers] + recording.channel + ["channel"])
            for context in recording.contexts {
                try await lttng(["add-context", "--userspace", "--channel=channel", "--type=\(context)"])
            }
            try await lttng(["enable-event", "--userspace", "sample:*", "--channel=channel"])
            try await lttng(["start"])
            try await daemon.run(program, ["\(count)"]).requireSuccess()
            try await lttng(["destroy"])
            try await body(trace)
        }
    }

    @Test("Every event of a session reads as babeltrace2 reads it", arguments: recordings)
    func sameAsOracle(recording: Recording) async throws {
        try await Self.record(recording, count: 300) { trace in
            try await expectSameAsBabeltrace(trace)
            let set = try TraceSet(paths: [trace])
            #expect(set.traces.count == 1 && set.traces[0].text("domain") == "ust")
            let type = try #require(set.eventClasses.first { $0.name == "sample:all" })
            #expect(type.contextFields.map(\.name) == recording.contexts)
            #expect(type.fields.count == 15 && type.fields[9].lengthOf == 10, "\(type.fields.map(\.name))")
            var count = 0
            var last = Int64.min
            let cursor = set.forEach { event in
                count += 1
                #expect(event.timestamp >= last)
                last = event.timestamp
            }
            #expect(count == 600 && cursor.accounts.reduce(0) { $0 + $1.eventsDiscarded } == 0)
        }
    }

    @Test("Events that LTTng discarded are counted as the session daemon counts them")
    func discarded() async throws {
        let tiny = Recording(buffers: "--buffers-uid", channel: ["--subbuf-size=4096", "--num-subbuf=2"])
        try await Self.record(tiny, count: 20_000) { trace in
            let cursor = try TraceSet(paths: [trace]).forEach { _ in }
            let read = cursor.accounts.reduce(0) { $0 + $1.eventsRead }
            let discarded = cursor.accounts.reduce(0) { $0 + $1.eventsDiscarded }
            #expect(discarded > 0 && read + discarded == 40_000, "read \(read), discarded \(discarded)")
        }
    }
}
