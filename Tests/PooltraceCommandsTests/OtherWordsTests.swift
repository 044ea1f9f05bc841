import Foundation
import PoolSchedule
import TestSupport
import Testing

/// A sentence is for people: a program and a command of which one or both say everything in other words do the same,
/// and tell other programs the same.
///
/// (A release build has no other words; then this shows nothing, and passes.)
@Suite("In other words")
struct OtherWordsTests {
    /// Who says everything in other words.
    private struct Speakers: CustomStringConvertible {
        let program: Bool
        let command: Bool

        static let all = [false, true].flatMap { program in
            [false, true].map { Speakers(program: program, command: $0) }
        }

        var description: String { "other words of the program: \(program), of the command: \(command)" }
    }

    /// What a document says that neither is a sentence nor differs from run to run on a busy machine.
    private func facts(_ json: [UInt8]) throws -> NSDictionary {
        let kept: Set = [
            "schema", "failures", "symptom", "repeats", "delays", "confirmed", "came_again", "orders", "alike", "cause",
        ]
        func stripped(_ value: Any) -> Any {
            switch value {
            case let members as [String: Any]: members.filter { kept.contains($0.key) }.mapValues(stripped)
            case let elements as [Any]: elements.map(stripped)
            default: value
            }
        }
        let document = try JSONSerialization.jsonObject(with: Data(json))
        return try #require(stripped(document) as? NSDictionary)
    }

    /// Runs the command, and in it a program, which is started by a script of its name.
    private func pooltrace(
        _ arguments: [String], _ program: [String], _ speakers: Speakers, in folder: TemporaryDirectory,
        status: Int32
    ) async throws -> ChildResult {
        let real = try BuiltProduct.path(program[0])
        let script = try folder.write(
            """
            #!/bin/sh
            \(speakers.program ? "export POOLTRACE_OTHER_WORDS=on" : "unset POOLTRACE_OTHER_WORDS")
            exec '\(real)' "$@"

            """, to: program[0])
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script)
        var environment: [String: String?] = ["XDG_STATE_HOME": folder.path("state"), "POOLTRACE_LTTNG": "off"]
        environment["POOLTRACE_OTHER_WORDS"] = speakers.command ? "on" : .some(nil)
        let result = try await Child.run(
            BuiltProduct.path("pooltrace"), arguments + ["--", script] + program.dropFirst(), environment: environment)
        try #require(result.status == .exited(status), "\(speakers): \(result)")
        return result
    }

    @Test(
        "explore finds, minimize shrinks and replay repeats the same",
        arguments: [("lost-continuation", "lost"), ("close-overtakes-flush", "failure"), ("check-then-act", "exit")])
    func search(bug: String, symptom: String) async throws {
        var known: [NSDictionary] = []
        var descriptions: Set<String> = []
        for speakers in Speakers.all {
            try await withTemporaryDirectory { folder in
                let program = ["bugs", "--patience", "30", bug]
                let found = try await pooltrace(
                    [
                        "explore", "--format", "json", "--jobs", "1", "--first", "--schedules", "200", "-o",
                        folder.path("found"),
                    ],
                    program, speakers, in: folder, status: 2)
                let failure = try #require(
                    ((try JSONSerialization.jsonObject(with: Data(found.outputBytes)) as? [String: Any])?["failures"]
                        as? [[String: Any]])?.first { $0["symptom"] as? String == symptom }, "\(speakers): \(found)")
                descriptions.insert(try #require(failure["description"] as? String))
                let schedule = try #require(failure["schedule"] as? String)
                let shrunk = try await pooltrace(
                    ["minimize", "--format", "json", "-o", folder.path("shrunk"), schedule], program, speakers,
                    in: folder, status: 0)
                let again = try await pooltrace(
                    [
                        "replay", "--format", "json", "-o", folder.path("again"),
                        try #require(failure["trace"] as? String),
                    ], program, speakers, in: folder, status: 0)
                let facts = try [found, shrunk, again].map { try self.facts($0.outputBytes) }
                if known.isEmpty { known = facts }
                #expect(facts == known, "\(speakers)")
                #expect(facts[1]["symptom"] as? String == symptom && facts[1]["confirmed"] as? Int == 20)
                #expect(facts[2]["came_again"] as? Bool == true && facts[2]["orders"] as? Int == 1)
            }
        }
        #if DEBUG
            #expect(descriptions.count == 2, "\(descriptions)")
        #endif
    }

    @Test("verify finds the same cause, and a replay that leaves its schedule ends in the same way")
    func causesAndDivergences() async throws {
        for speakers in Speakers.all {
            try await withTemporaryDirectory { folder in
                let program = ["pool-cases", "uncontrolled"]
                let verified = try await pooltrace(
                    ["verify", "--no-pin", "--format", "json", "-o", folder.path("verified")], program, speakers,
                    in: folder,
                    status: 1)
                let facts = try self.facts(verified.outputBytes)
                #expect(facts["alike"] as? Bool == false && facts["cause"] as? String == "uncontrolled", "\(speakers)")
                let left = try await divergence(speakers, in: folder)
                #expect(left.contains("place = 6, expected = 77,"), "\(speakers): \(left)")
            }
        }
    }

    /// The event of a replay that leaves its schedule, which has a task that the program does not have, and ends there.
    private func divergence(_ speakers: Speakers, in folder: TemporaryDirectory) async throws -> String {
        let program = ["pool-cases", "order"]
        let (trace, file) = (folder.path("trace"), folder.path("a.schedule"))
        try await Child.run(
            BuiltProduct.path("pool-cases"), ["order"],
            environment: [
                "POOLTRACE_MODE": "serial:random", "POOLTRACE_SEED": "3", "POOLTRACE_TRACE": trace,
                "POOLTRACE_LTTNG": "off", "POOLTRACE_OTHER_WORDS": speakers.program ? "on" : nil,
            ]
        ).requireSuccess()
        _ = try await pooltrace(
            ["replay", "--save", file, "-o", folder.path("saved"), trace], program, speakers, in: folder, status: 0)
        var schedule = try Schedule(parsing: Data(contentsOf: URL(fileURLWithPath: file)), file: "a")
        schedule.tasks.append(Schedule.Task(number: 77, path: "main.99", site: nil, name: nil))
        guard case .steps(var steps) = schedule.order else { throw TestSupportError("no steps: \(schedule.text)") }
        steps.insert(TaskPart(task: 77), at: 5)
        schedule.order = .steps(steps)
        try folder.write(schedule.text, to: "b.schedule")
        _ = try await pooltrace(
            ["replay", "--strict", "-o", folder.path("strict"), folder.path("b.schedule")], program, speakers,
            in: folder, status: 65)
        let events = try await Child.run(BuiltProduct.path("pooltrace"), ["events", folder.path("strict")])
        return events.lines.first { $0.contains("pooltrace:divergence: ") } ?? "no divergence"
    }

    @Test(
        "Marks have the same kinds",
        arguments: [
            ("pool-cases", "two-threads", "uncontrolled"), ("pool-cases", "takeover", "takeover"),
            ("blocking-cases", "pipe", "spilled"), ("bugs", "lost-continuation", "lost"),
            ("pool-features", "stalls", "stalled"),
        ])
    func marks(program: String, name: String, kind: String) async throws {
        var texts: Set<String> = []
        for words in [String?.none, "on"] {
            try await withTemporaryDirectory { folder in
                let trace = folder.path("trace")
                _ = try await Child.run(
                    BuiltProduct.path(program), [name],
                    environment: [
                        "POOLTRACE_OTHER_WORDS": words, "POOLTRACE_TRACE": trace, "POOLTRACE_LTTNG": "off",
                        "POOLTRACE_MODE": kind == "stalled" ? "parallel" : kind == "lost" ? "serial:random" : "serial",
                        "POOLTRACE_SEED": "5", "POOLTRACE_STALL": "0.05",
                    ]
                ) { child in
                    guard kind == "stalled" else { return }
                    try await child.waitForError(containing: "\"waiter\", ")
                    child.send(SIGKILL)
                }
                let view = try await Child.run(BuiltProduct.path("pooltrace"), ["view", "--format", "json", trace])
                let document = try JSONSerialization.jsonObject(with: Data(view.outputBytes)) as? [String: Any]
                let runs = try #require(document?["runs"] as? [[String: Any]])
                let marks = try #require(runs.first?["marks"] as? [[String: Any]])
                let found = try #require(marks.first { $0["kind"] as? String == kind }, "\(marks)")
                texts.insert(try #require(found["text"] as? String))
            }
        }
        #if DEBUG
            #expect(texts.count == 2, "\(texts)")
        #endif
    }
}
