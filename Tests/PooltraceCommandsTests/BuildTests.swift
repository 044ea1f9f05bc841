import Foundation
import TestSupport
import Testing

@Suite("pooltrace build")
struct BuildTests {
    /// Takes the place of `swift`: notes its arguments, and prints and exits as a script says.
    private static func build(
        _ arguments: [String], in folder: TemporaryDirectory, as script: String,
        while body: @escaping @Sendable (Child) async throws -> Void = { _ in }
    ) async throws -> (result: ChildResult, calls: [String]) {
        let notes = folder.path("calls")
        try? FileManager.default.removeItem(atPath: notes)
        let swift = try folder.write("#!/bin/sh\necho \"swift $*\" >>'\(notes)'\n\(script)\n", to: "bin/swift")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: swift)
        let result = try await Child.run(
            BuiltProduct.path("pooltrace"), ["build"] + arguments,
            environment: ["PATH": "\(folder.path("bin")):/usr/bin:/bin", "NO_COLOR": "1"], in: folder.path, while: body)
        return (result, try String(contentsOfFile: notes, encoding: .utf8).split(separator: "\n").map(String.init))
    }

    private static let command =
        "swift build --sanitize=thread -Xswiftc -Xclang-linker -Xswiftc -shared-libsan --scratch-path .build-races"
    private static let unchecked =
        "swift build --sanitize=thread -Xswiftc -Xclang-linker -Xswiftc -shared-libsan -Xswiftc -Xfrontend "
        + "-Xswiftc -disable-llvm-verify --scratch-path .build-races"

    private static let commands: [(arguments: [String], more: String)] = [
        ([], ""), (["--tests"], " --build-tests"), (["--product", "app"], " --product app"),
        (["--", "--configuration", "release"], " --configuration release"),
    ]

    @Test("prints the command of a build, runs it, and exits as it does", arguments: commands)
    func command(arguments: [String], more: String) async throws {
        try await withTemporaryDirectory { folder in
            let (result, calls) = try await Self.build(arguments, in: folder, as: "echo printed; echo said >&2; exit 7")
            #expect(calls == [Self.command + more])
            #expect(result.error == Self.command + more + "\n" && result.output == "printed\nsaid\n", "\(result)")
            #expect(result.status == .exited(7))
        }
    }

    @Test("interrupts the build, which then ends its compilers, when it is asked to end itself")
    func interruption() async throws {
        try await withTemporaryDirectory { folder in
            let script = "trap 'echo interrupted >>\"$0.end\"; exit 130' INT\necho started\nwhile :; do sleep 0.1; done"
            let (result, _) = try await Self.build([], in: folder, as: script) { child in
                try await child.waitForOutput(containing: "started")
                child.send(SIGTERM)
            }
            #expect(result.status == .exited(128 + SIGTERM), "\(result)")
            #expect(try String(contentsOfFile: folder.path("bin/swift.end"), encoding: .utf8) == "interrupted\n")
        }
    }

    @Test("exits with 127 without a swift, and refuses tests of one product")
    func refusals() async throws {
        try await withTemporaryDirectory { folder in
            let none = try await Child.run(
                BuiltProduct.path("pooltrace"), ["build"], environment: ["PATH": folder.path])
            #expect(none.status == .exited(127) && none.error.contains("cannot run swift: No such file"), "\(none)")
            let both = try await Child.run(BuiltProduct.path("pooltrace"), ["build", "--tests", "--product", "app"])
            #expect(both.status == .exited(64) && both.error.contains("are mutually exclusive"), "\(both)")
        }
    }

    /// A crash of the compiler in a module that is called so, with a complaint of its verifier.
    private static func crash(_ module: String, _ complaint: String) -> String {
        """
        cat <<'END'
        [70/122] Compiling \(module) One.swift
        error: compile command failed due to signal 6 (use -v to see invocation)
        \(complaint)
        <unknown>:0: error: fatal error encountered during compilation; please submit a bug report
        <unknown>:0: note: Broken module found, compilation aborted!
        Stack dump:
        0.\tProgram arguments: swift-frontend -primary-file /x/checkouts/many/Sources/One.swift -sanitize=thread -module-name \(module) -o a.o
        1.\tSwift version 6.3.1 (swift-6.3.1-RELEASE)
        END
        exit 1
        """
    }

    @Test("builds a module again that only the compiler's own check rejects, without the check, and so the next time")
    func unchecked() async throws {
        try await withTemporaryDirectory { folder in
            let crash = Self.crash("Containers", "Invalid bitcast\n  %14 = bitcast i64 %1 to ptr, !dbg !86")
            let script =
                "mkdir -p .build-races\ncase \"$*\" in *-disable-llvm-verify*) echo built; exit 0 ;; esac\n" + crash
            let (first, calls) = try await Self.build([], in: folder, as: script)
            #expect(first.status == .exited(0), "\(first)")
            #expect(calls == [Self.command, Self.unchecked, Self.unchecked + " --show-bin-path"])
            #expect(first.output == "[70/122] Compiling Containers One.swift\nbuilt\n", "No dump is shown: \(first)")
            #expect(
                first.error.hasPrefix("\(Self.command)\npooltrace: module Containers of many: the compiler rejects "))
            #expect(first.error.hasSuffix("\n\(Self.unchecked)\n"), "\(first)")
            let (second, later) = try await Self.build([], in: folder, as: script)
            #expect(second.error == "\(Self.unchecked)\n" && later.first == Self.unchecked, "\(second)")
        }
    }

    @Test("names a module that cannot be instrumented below what the compiler printed")
    func named() async throws {
        try await withTemporaryDirectory { folder in
            let (result, calls) = try await Self.build(
                [], in: folder, as: Self.crash("Containers", "Assertion `isValid' failed."))
            #expect(result.status == .exited(1) && calls == [Self.command], "\(result)")
            #expect(result.output.contains("Assertion `isValid' failed.\n") && result.output.contains("Stack dump:"))
            #expect(
                result.error.contains(
                    "pooltrace: the compiler of Swift 6.3.1 crashes when it instruments the module Containers of many for"
                ),
                "\(result)")
        }
    }

    @Test("builds a package whose program and tests --races takes, and prints the commands for them")
    func package() async throws {
        try await withTemporaryDirectory { folder in
            try folder.write(
                """
                // swift-tools-version: 6.2
                import PackageDescription
                let package = Package(
                    name: "small", targets: [.executableTarget(name: "app"), .testTarget(name: "appTests")])

                """, to: "Package.swift")
            try folder.write("print(\"ran\")\n", to: "Sources/app/main.swift")
            try folder.write(
                "import Testing\n@Test func one() { #expect(1 + 1 == 2) }\n", to: "Tests/appTests/AppTests.swift")
            let environment = ["XDG_STATE_HOME": folder.path("state"), "NO_COLOR": "1"]
            for (arguments, program, said) in [
                (["--product", "app"], ".build-races/debug/app", "ran\n"),
                (
                    ["--tests"], ".build-races/debug/smallPackageTests.xctest --testing-library swift-testing",
                    "Test run with 1 test in 0 suites passed"
                ),
            ] {
                let built = try await Child.run(
                    BuiltProduct.path("pooltrace"), ["build"] + arguments, environment: environment, in: folder.path,
                    limit: .seconds(240)
                ).requireSuccess()
                #expect(built.error.hasSuffix("\nraces     pooltrace run --races -- \(program)\n"), "\(built)")
                let words = program.split(separator: " ").map(String.init)
                let run = try await Child.run(
                    BuiltProduct.path("pooltrace"), ["run", "--races", "--"] + words, environment: environment,
                    in: folder.path)
                #expect(run.succeeded && (run.output + run.error).contains(said), "\(run)")
            }
        }
    }
}
