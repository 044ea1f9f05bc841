import Exploration
import TestSupport
import Testing

@Suite("What a program is started with for --races")
struct RacesTests {
    @Test(
        "A program that is built in another way is refused with the command that builds it",
        arguments: [
            ("app", [], "is not built with ThreadSanitizer, which --races requires", "pooltrace build"),
            (
                ".build/debug/app", [], "is not built with ThreadSanitizer, which --races requires",
                "pooltrace build --product app"
            ),
            (
                ".build/debug/appPackageTests.xctest", [], "is not built with ThreadSanitizer, which --races requires",
                "pooltrace build --tests"
            ),
            (
                ".build/debug/app", InstrumentedProgram.linkedStatically,
                "has ThreadSanitizer's runtime linked statically; --races requires the shared one",
                "pooltrace build --product app"
            ),
        ])
    func refusal(name: String, options: [String], reason: String, command: String) async throws {
        try await withTemporaryDirectory { folder in
            let program = try await InstrumentedProgram.build("print(1)\n", in: folder, as: name, options: options)
            let error = #expect(throws: ExplorationError.self) { try Races(for: program) }
            #expect(error?.description == "\(program) \(reason); type, in the directory of its package: \(command)")
        }
    }

    @Test("What is no program cannot be instrumented, and what is not there is missing")
    func noProgram() async throws {
        try await withTemporaryDirectory { folder in
            let script = try folder.write("#!/bin/sh\n", to: "script")
            let error = #expect(throws: ExplorationError.self) { try Races(for: script) }
            #expect(error?.description.contains("is not built with ThreadSanitizer") == true)
            #expect(throws: ProgramError.self) { try Races(for: folder.path("nothing")) }
            #expect(throws: ProgramError.self) { try Races(for: "no-such-program") }
        }
    }

    @Test("The library comes before all that is preloaded, and the user's options of the sanitizer come last")
    func environment() async throws {
        try await withTemporaryDirectory { folder in
            let races = try Races(for: try await InstrumentedProgram.build("print(1)\n", in: folder))
            let given = [
                "LD_PRELOAD": "/lib/first.so:/lib/second.so", "LD_LIBRARY_PATH": "/own/lib",
                "TSAN_OPTIONS": "history_size=3:exitcode=66", "OTHER": "kept",
            ]
            let made = races.environment(over: given)
            let preloaded = made["LD_PRELOAD"]?.split(separator: ":").map(String.init) ?? []
            #expect(preloaded.count == 3 && preloaded[0].hasSuffix("/libPoolTraceRaces.so"), "\(preloaded)")
            #expect(Array(preloaded.dropFirst()) == ["/lib/first.so", "/lib/second.so"])
            let folders = made["LD_LIBRARY_PATH"]?.split(separator: ":").map(String.init) ?? []
            #expect(folders.count == 2 && folders[0] == "/own/lib", "\(folders)")
            #expect(folders.last.map { $0.contains("/lib/clang/") && $0.hasSuffix("/lib/linux") } == true, "\(folders)")
            let options = made["TSAN_OPTIONS"] ?? ""
            #expect(options.hasPrefix("symbolize=0:exitcode=0:") && options.hasSuffix(":history_size=3:exitcode=66"))
            #expect(made["POOLTRACE_RACES"] == "1" && made["POOLTRACE_LTTNG"] == "off" && made["OTHER"] == "kept")
            #expect(races.environment(over: [:])["LD_PRELOAD"] == preloaded[0])
        }
    }
}
