import CommandSystem
import Glibc
import TestSupport
import Testing

@Suite("The system's files, directories and processes")
struct CommandSystemTests {
    private func text(_ body: () throws -> Void) -> String {
        do { try body() } catch { return "\(error)" }
        return ""
    }

    @Test("A directory's entries come sorted, without itself and the one above; where it is none, the error says why")
    func entries() async throws {
        try await withTemporaryDirectory { folder in
            for name in ["b", ".hidden", "a", "c/d"] { try folder.write("x", to: name) }
            #expect(try SystemDirectory.entries(of: folder.path) == [".hidden", "a", "b", "c"])
            let file = folder.path("a")
            #expect(text { _ = try SystemDirectory.entries(of: file) } == "\(file): Not a directory")
            let error = #expect(throws: SystemError.self) { try SystemDirectory.entries(of: folder.path("none")) }
            #expect(error?.code == ENOENT)
        }
    }

    @Test("What is removed with a directory does not include what its links lead to")
    func removal() async throws {
        try await withTemporaryDirectory { folder in
            try folder.write("kept", to: "kept/file")
            try folder.write("x", to: "tree/deep/deeper/file")
            symlink(folder.path("kept"), folder.path("tree/deep/link"))
            SystemDirectory.remove(folder.path("tree"))
            #expect(try folder.contents() == ["kept", "kept/file"])
        }
    }

    @Test("A file is read up to a limit, from its beginning or to its end")
    func reading() async throws {
        try await withTemporaryDirectory { folder in
            let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
            let file = try folder.write(bytes, to: "file")
            #expect(try SystemFile.read(file, limit: 1 << 20) == bytes)
            #expect(try SystemFile.read(file, limit: 70_000) == Array(bytes.prefix(70_000)))
            let end = try SystemFile.end(of: file, limit: 1000)
            #expect(end.bytes == bytes.suffix(1000) && !end.isWhole)
            #expect(try SystemFile.end(of: file, limit: 1 << 20).isWhole)
            let open = try #require(try OpenFile(file))
            #expect(try open.read(at: 199_990, count: 10) == Array(bytes.suffix(10)))
            #expect(try open.read(at: 199_991, count: 10) == nil)
            #expect(try OpenFile(folder.path("none")) == nil)
            let none = folder.path("none")
            #expect(text { _ = try SystemFile.read(none, limit: 1) } == "\(none): No such file or directory")
        }
    }

    @Test("What cannot be written is an error that names the file, with the system's reason")
    func writing() async throws {
        try await withTemporaryDirectory { folder in
            let file = folder.path("file")
            try SystemOutput.write(Array("longer".utf8), toFile: file, O_EXCL)
            try SystemOutput.write(Array("new".utf8), toFile: file, O_TRUNC)
            #expect(try SystemFile.read(file, limit: 100) == Array("new".utf8))
            #expect(text { try SystemOutput.write([], toFile: file, O_EXCL) } == "\(file): File exists")
            let full = open("/dev/full", O_WRONLY | O_CLOEXEC)
            defer { close(full) }
            #expect(
                text { try SystemOutput.write("x", to: full, named: "the log") }
                    == "the log: No space left on device")
        }
    }

    @Test("A program is found in PATH, and a path is taken as it is")
    func programs() {
        #expect(SystemProgram.path(of: "sh").map { access($0, X_OK) } == 0)
        #expect(SystemProgram.path(of: "no-such-program-anywhere") == nil)
        #expect(SystemProgram.path(of: "./here") == "./here")
    }

    @Test("A process that has ended, and was not waited for, has ended")
    func processes() throws {
        #expect(ProcessState.isAlive(getpid()) && !ProcessState.hasEnded(getpid()))
        let start = try #require(ProcessState.startTime(of: getpid()))
        #expect(start > 0 && ProcessState.startTime(of: getpid()) == start)
        var pid: pid_t = 0
        var arguments = [strdup("true"), nil]
        defer { free(arguments[0]) }
        #expect(posix_spawnp(&pid, "true", nil, nil, &arguments, environ) == 0)
        // Without collecting it: the number is still its own.
        var info = siginfo_t()
        #expect(waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) == 0)
        #expect(ProcessState.isAlive(pid) && ProcessState.hasEnded(pid))
        waitpid(pid, nil, 0)
    }
}
