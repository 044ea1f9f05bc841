import Foundation
import TestSupport
import Testing

/// A failure reads the same on standard error, from the ring and from LTTng.
@Suite("One report")
struct OneReportTests {
    @Test(
        "The ring wraps many times, LTTng starts later, the executable is gone: the report is the same, byte for byte"
    )
    func sameBytes() async throws {
        try await withTemporaryDirectory { folder in
            // A copy of the program, to be moved away; the provider's library is found beside it.
            let program = folder.path("pool-cases")
            for (product, copy) in [
                ("pool-cases", program), ("libPoolTraceLTTng.so", folder.path("libPoolTraceLTTng.so")),
            ] {
                try FileManager.default.copyItem(atPath: BuiltProduct.path(product), toPath: copy)
            }
            let ring = folder.path("ring")
            let session = folder.path("session")
            let begin = try folder.fifo("begin")
            defer { begin.close() }
            let pipe = begin.path
            try await PrivateSessionDaemon.with { daemon in
                let run = try await daemon.run(
                    program, ["report", pipe],
                    environment: [
                        "POOLTRACE_TRACE": ring, "POOLTRACE_LIMIT": "256K", "POOLTRACE_PACKET": "64K",
                        "POOLTRACE_LTTNG": "on",
                    ]
                ) { child in
                    try await child.waitForOutput(containing: "ready")
                    try await daemon.lttng("create", "late", "--output=\(session)")
                    try await daemon.lttng("enable-channel", "-u", "events", "--subbuf-size=4M", "--num-subbuf=8")
                    try await daemon.lttng("enable-event", "-u", "-c", "events", "pooltrace:*")
                    try await daemon.lttng("start")
                    begin.close()
                }
                try await daemon.lttng("stop")
                try await daemon.lttng("destroy", "late")
                try FileManager.default.moveItem(atPath: program, toPath: folder.path("gone"))
                try await compare(run.requireSuccess().error, ring: ring, session: session)
            }
        }
    }

    @Test(
        "More tasks ran beside it than an event has room for, or their paths are longer: the same ones are left out",
        arguments: [(60, 0), (40, 30)])
    func crowd(count: Int, depth: Int) async throws {
        try await withTemporaryDirectory { folder in
            let ring = folder.path("ring")
            let run = try await Child.run(
                BuiltProduct.path("pool-cases"), ["crowd", "\(count)", "\(depth)"],
                environment: ["POOLTRACE_TRACE": ring, "POOLTRACE_LTTNG": "off", "NO_COLOR": "1"]
            ).requireSuccess()
            #expect(run.error.contains(/\n {13}and 1\d more\n/), "\(run)")
            #expect(run.error.contains("\"held\", for "), "\(run)")
            let failures = try await Child.run(BuiltProduct.path("pooltrace"), ["failures", ring])
            #expect(failures.output == run.error, "\(run)")
        }
    }

    @Test("Recursion is folded, a report with the frames of the one before names that, and --frames all shows all")
    func frames() async throws {
        try await withTemporaryDirectory { folder in
            let ring = folder.path("ring")
            let command = try BuiltProduct.path("pooltrace")
            func run(_ frames: String?) async throws -> String {
                try await Child.run(
                    BuiltProduct.path("pool-cases"), ["same-frames"],
                    environment: [
                        "POOLTRACE_TRACE": frames == nil ? ring : nil, "POOLTRACE_LTTNG": "off", "NO_COLOR": "1",
                        "POOLTRACE_FRAMES": frames,
                    ]
                ).requireSuccess().error
            }
            let folded = try await run(nil)
            #expect(folded.contains(/\n {13}\.\.\. 5 more frames of nested\n/), "\(folded)")
            let same = /\n {13}\.\.\. \d more frames, the same as in the report of main\.1\n/
            #expect(folded.contains(same), "\(folded)")
            let failures = try await Child.run(command, ["failures", ring])
            #expect(failures.output == folded)
            let all = try await Child.run(command, ["failures", "--frames", "all", ring]).output
            let printed = try await run("all")
            for text in [all, printed] {
                #expect(text.matches(of: #/nested\(_:\) at/#).count == 12, "\(text)")
                #expect(!text.contains("more frames"), "\(text)")
            }
        }
    }

    private func compare(_ printed: String, ring: String, session: String) async throws {
        let command = try BuiltProduct.path("pooltrace")
        // Two fail the same way at about the same time, and the first of them to be explained speaks for both.
        let part = printed.hasPrefix("task main.3 ") ? 1 : 4
        let title = #"task main.\#(part + 2) "describe" failed: pool_cases.Broken: Broken(part: \#(part))"#
        #expect(printed.contains(title), "\(printed)")
        #expect(printed.contains("1 failed the same way"), "\(printed)")
        #expect(printed.contains(#"describe(_:) at "#), "\(printed)")
        #expect(printed.contains(#"input      part \#(part)\n\e[31m"#), "\(printed)")
        let fromRing = try await Child.run(command, ["failures", ring])
        #expect(fromRing.output == printed)
        let fromSession = try await Child.run(command, ["failures", session])
        #expect(fromSession.output.replacing(session, with: ring) == printed, "\(fromSession.error)")

        // The ring did wrap: what is left of it is a tenth of what was recorded, or less.
        let events = try await Child.run(command, ["view", "--format", "json", ring])
        let view = try JSONSerialization.jsonObject(with: Data(events.outputBytes)) as? [String: Any]
        let run = try #require((view?["runs"] as? [[String: Any]])?.first, "\(events.output.prefix(2000))")
        let counts = try #require(run["events"] as? [String: Int])
        let (shown, overwritten) = try (#require(counts["shown"]), #require(counts["overwritten"]))
        #expect(shown > 0 && overwritten / shown >= 10, "\(counts)")
        #expect(counts["emitted"] == shown + overwritten + (counts["discarded"] ?? -1), "\(counts)")
    }
}
