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
            let pipe = folder.path("pipe")
            #expect(mkfifo(pipe, 0o600) == 0)
            let reader = open(pipe, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
            defer { close(reader) }
            // Open for writing in both of them.
            let trial = Self.shell("exec 9>'\(pipe)'; sleep 1000 & wait", limit: .seconds(2))
            let ending = try await trial.run([:], output: folder.path("run"))
            #expect(ending == .overtime)
            // Its end comes when the last of them has died, some time after the signal.
            var end = pollfd(fd: reader, events: Int16(POLLIN), revents: 0)
            #expect(poll(&end, 1, 60_000) == 1 && end.revents == Int16(POLLHUP))
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
