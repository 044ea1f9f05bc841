import Exploration
import Foundation
import TestSupport
import Testing

@Suite("Trials")
struct TrialTests {
    private static func shell(_ script: String, limit: Duration = .seconds(60)) -> Trial {
        Trial(command: ["/bin/sh", "-c", script], limit: limit)
    }

    @Test(
        "A run ends as its program did", arguments: [("exit 3", Trial.Ending.exited(3)), ("kill -9 $$", .signalled(9))])
    func endings(script: String, ending: Trial.Ending) async throws {
        try await withTemporaryDirectory { folder in
            let found = try await Self.shell(script).run([:], output: folder.path("run"))
            #expect(found == ending)
        }
    }

    @Test("A run that takes too long is killed with all that it started")
    func overtime() async throws {
        try await withTemporaryDirectory { folder in
            let trial = Self.shell("sleep 1000 & echo $!; wait", limit: .milliseconds(300))
            let ending = try await trial.run([:], output: folder.path("run"))
            #expect(ending == .overtime)
            let text = try String(contentsOfFile: folder.path("run" + Trial.output), encoding: .utf8)
            let child = try #require(Int32(text.trimmingCharacters(in: .newlines)))
            // Killed, and reaped by whoever inherited it or not yet.
            let state = try? String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8)
            #expect(state == nil || state?.contains(") Z") == true, "\(state ?? "")")
        }
    }

    @Test("What a run prints, and the variables that it is given, are in its files and environment")
    func output() async throws {
        try await withTemporaryDirectory { folder in
            let prefix = folder.path("run")
            _ = try await Self.shell("echo $OWN; echo said >&2").run(["OWN": "given"], output: prefix)
            #expect(try String(contentsOfFile: prefix + Trial.output, encoding: .utf8) == "given\n")
            #expect(try String(contentsOfFile: prefix + Trial.error, encoding: .utf8) == "said\n")
        }
    }

    @Test("A program that is not there is missing; one that is no program cannot be run")
    func missing() async throws {
        try await withTemporaryDirectory { folder in
            let data = try folder.write("no program", to: "data")
            let script = try folder.write("#!/nonexistent/interpreter\n", to: "script")
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script)
            for (program, code) in [
                ("/nonexistent/program", ENOENT), ("no-such-program", ENOENT), (script, ENOENT), (folder.path, EACCES),
                (data, EACCES), (data + "/program", ENOTDIR),
            ] {
                let trial = Trial(command: [program], limit: .seconds(60))
                let error = await #expect(throws: ProgramError.self) {
                    try await trial.run([:], output: folder.path("run"))
                }
                #expect(error?.program == program && error?.code == code, "\(program): \(String(describing: error))")
                // As `run` has it.
                let direct = #expect(throws: ProgramError.self) {
                    try ForegroundProgram.run([program], environment: [:])
                }
                #expect(direct?.code == code, "\(program): \(String(describing: direct))")
            }
        }
    }
}
