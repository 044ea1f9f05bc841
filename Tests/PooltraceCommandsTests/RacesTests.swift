import ArgumentParser
import TestSupport
import Testing

@testable import PooltraceCommands

@Suite("--races")
struct RacesTests {
    /// Prints its environment, and the flags by which the kernel runs it.
    private static let source = """
        import Glibc
        var next = environ
        while let text = next.pointee {
            print(String(cString: text))
            next += 1
        }
        var flags = [CChar](repeating: 0, count: 64)
        if let file = fopen("/proc/self/personality", "r") { fgets(&flags, 64, file) }
        print("flags=" + String(cString: flags), terminator: "")

        """

    @Test("runs a program serially, at fixed addresses, with the library first and the sanitizer's options")
    func environment() async throws {
        try await withTemporaryDirectory { folder in
            let program = try await InstrumentedProgram.build(Self.source, in: folder)
            func variables(_ options: [String]) async throws -> [String: String] {
                let run = try await Child.run(
                    BuiltProduct.path("pooltrace"), ["run"] + options + ["--", program],
                    environment: ["XDG_STATE_HOME": folder.path("state"), "TSAN_OPTIONS": "history_size=3"]
                ).requireSuccess()
                return Dictionary(
                    run.lines.map { line in
                        let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                        return (String(parts[0]), parts.dropFirst().joined())
                    }, uniquingKeysWith: { first, _ in first })
            }
            for options in [["--races"], ["--races", "--no-pin"], ["--races", "--seed", "7"]] {
                let found = try await variables(options)
                #expect(found["POOLTRACE_LTTNG"] == "off", "\(found)")
                // Without an order, tests with traits have their own.
                let isOrdered = options.contains("--seed")
                #expect(found["POOLTRACE_RACES"] == (isOrdered ? "1" : "traits"), "\(found)")
                #expect(found["POOLTRACE_MODE"] == (isOrdered ? "serial:random" : "serial"), "\(found)")
                let preloaded = (found["LD_PRELOAD"] ?? "").split(separator: ":")
                #expect(preloaded.first?.hasSuffix("/libPoolTraceRaces.so") == true, "\(found)")
                #expect(preloaded.last?.hasSuffix("/libPoolTraceControl.so") == true, "\(found)")
                #expect(found["TSAN_OPTIONS"]?.hasSuffix(":history_size=3") == true, "\(found)")
                // ADDR_NO_RANDOMIZE
                let flags = found["flags"].flatMap { Int($0, radix: 16) } ?? 0
                #expect(flags & 0x004_0000 != 0, "\(options): \(found)")
            }
        }
    }

    @Test(
        "is refused before anything is run or left behind, by each command",
        arguments: [["run"], ["explore"], ["verify"], ["minimize", "a.schedule"], ["replay", "a.schedule"]])
    func refusal(command: [String]) async throws {
        try await withTemporaryDirectory { folder in
            try folder.write(
                "pooltrace schedule 1\nprogram \"p\"\nbuild-id \"\"\ncommand \"p\"\ndelays 0\nend\n", to: "a.schedule")
            let program = try BuiltProduct.path("pool-cases")
            let result = try await Child.run(
                BuiltProduct.path("pooltrace"),
                [command[0], "--races"] + command.dropFirst() + ["--", program, "order"],
                environment: ["XDG_STATE_HOME": folder.path("state"), "NO_COLOR": "1"], in: folder.path)
            #expect(result.status == .exited(125) && result.output.isEmpty, "\(result)")
            #expect(
                result.error == """
                    pooltrace: \(program) is not built with ThreadSanitizer, which --races requires; type, in the directory of its \
                    package: pooltrace build --product pool-cases

                    """, "\(result)")
            #expect(try folder.contents().filter { $0.hasPrefix("state/pooltrace/") } == [])
        }
    }

    @Test("says where the sanitizer's runtime was looked for, if it is not there, and takes it from LD_LIBRARY_PATH")
    func runtime() async throws {
        try await withTemporaryDirectory { folder in
            // Nothing in the program leads to the toolchain.
            let program = try await InstrumentedProgram.build(
                "print(1)\n", in: folder, options: InstrumentedProgram.shared + ["-no-toolchain-stdlib-rpath"])
            func run(_ environment: [String: String]) async throws -> ChildResult {
                try await Child.run(
                    BuiltProduct.path("pooltrace"), ["run", "--races", "--", program],
                    environment: environment.merging(["XDG_STATE_HOME": folder.path("state")]) { $1 })
            }
            let missing = try await run(["PATH": folder.path, "LD_LIBRARY_PATH": ""])
            #expect(missing.status == .exited(125), "\(missing)")
            #expect(missing.error.contains("pooltrace: cannot find libclang_rt.tsan"), "\(missing)")
            #expect(missing.error.hasSuffix("; add its directory to LD_LIBRARY_PATH\n"), "\(missing)")
            // The loader then looks for Swift's own libraries, which are not there either.
            let library = try #require(missing.error.firstMatch(of: #/cannot find ([^ ,]+),/#)).output.1
            try folder.write("", to: String(library))
            let found = try await run(["PATH": folder.path, "LD_LIBRARY_PATH": folder.path])
            #expect(found.error.contains("error while loading shared libraries: "), "\(found)")
        }
    }

    @Test("stays in the commands that run the program again")
    func again() throws {
        let options = try TrialOptions.parse(["--races", "--workers", "3", "--", "./app", "data"])
        #expect(
            options.again("replay", "a.schedule") == "pooltrace replay --workers 3 --races a.schedule -- ./app data")
    }
}
