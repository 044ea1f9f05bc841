import Foundation
import TestSupport
import Testing

/// The frames of failures in `Tests/Programs/own-frames`, which throws in every kind of task.
@Suite("Frames in a failure's report") struct OwnFramesTests {
    /// How the program was built.
    enum Build: String, CaseIterable {
        /// By the package, together with the tests.
        case debug
        /// By the compiler's own optimization.
        case optimized
        /// The same, without debug information: there are names alone.
        case symbolsOnly
    }

    @Test("are those of the program, and none is PoolTrace's", arguments: Build.allCases)
    func own(build: Build) async throws {
        let folder = try TemporaryDirectory()
        try check(try await Child.run(try await program(build, in: folder), environment: Self.everyFrame), build)
    }

    /// `tools/test` names the folder of a release build.
    @Test(
        "are those of the program, in a release build of the package, too",
        .enabled(if: ProcessInfo.processInfo.environment["POOLTRACE_RELEASE_PRODUCTS"] != nil))
    func release() async throws {
        let folder = try #require(ProcessInfo.processInfo.environment["POOLTRACE_RELEASE_PRODUCTS"])
        try check(try await Child.run("\(folder)/own-frames", environment: Self.everyFrame), .optimized)
    }

    private func program(_ build: Build, in folder: TemporaryDirectory) async throws -> String {
        if build == .debug { return try BuiltProduct.path("own-frames") }
        let path = folder.path("own-frames")
        try await OptimizedProgram.build(
            "own-frames", at: path,
            cModules: [
                "CPoolRecorder", "CPoolTraceAnnotations", "CPoolWorker", "CEventTable", "CRealCalls", "CTerminal",
            ])
        if build == .symbolsOnly {
            _ = try await Child.run(try InstalledProgram.path("strip"), ["--strip-debug", path]).requireSuccess()
        }
        return path
    }

    private static let everyFrame = ["POOLTRACE_FRAMES": "all" as String?]

    // MARK: - Checking

    private struct Frame {
        let function: String
        let file: String
    }

    private static let folder = "/Tests/Programs/own-frames/"
    /// Functions of Swift's library that call a body of the program, and have no file.
    private static let swiftFunctions: Set = ["Result.init(catching:)", "Collection.map(_:)"]

    private func check(_ result: ChildResult, _ build: Build) throws {
        let reports = frames(
            in: try result.requireSuccess().lines + result.error.split(separator: "\n").map(String.init))
        #expect(reports.count == 36, "\(build): \(reports.keys.sorted())")
        for (name, frames) in reports {
            let told = "\(build), \(name): \(frames.map { "\($0.function) at \($0.file)" })"
            for frame in frames where !Self.swiftFunctions.contains(frame.function) {
                #expect(isOfProgram(frame.function), "\(told)")
                // The optimizer leaves some functions without a line.
                let isThere = !frame.file.isEmpty
                #expect(!isThere || build != .symbolsOnly && frame.file.contains(Self.folder), "\(told)")
            }
            #expect(frames.first?.function == "explode()", "\(told)")
            // What is inlined has no symbol.
            #expect(frames.count >= (build == .symbolsOnly ? 1 : 2), "\(told)")
        }
        let namesakes = [
            "namesake function": "Namesakes.Fork.runFrame(_:)", "namesake method": "Namesakes.Future.takeAndRunBody()",
            "namesake extension": "ThreadPool.submit(twice:)",
        ]
        for (name, function) in namesakes {
            #expect(reports[name]?.contains { $0.function == function } == true, "\(build), \(name)")
        }
        #expect(reports["both within both"]?.count { $0.function == "split(_:_:)" } == 3, "\(build)")
    }

    private func isOfProgram(_ function: String) -> Bool {
        ["explode()", "split(_:_:)", "Explosion.run(_:)", "ThreadPool.submit(twice:)"].contains(function)
            || function.hasPrefix("Namesakes.") || function.hasSuffix(" in own_frames")
            || function.hasSuffix(" in split(_:_:)") || function.hasSuffix(" in ThreadPool.submit(twice:)")
    }

    /// By the name of the task.
    private func frames(in lines: [String]) -> [String: [Frame]] {
        var reports: [String: [Frame]] = [:]
        var name = ""
        var isThrown = false
        for line in lines {
            if line.hasPrefix("task ") {
                name = String(line.split(separator: "\"").dropFirst().first ?? "")
                #expect(reports.updateValue([], forKey: name) == nil, "\(name) twice")
                continue
            }
            if line.count > 13, !line.hasPrefix("   ") { isThrown = line.hasPrefix("  thrown ") }
            guard isThrown, line.count > 13 else { continue }
            let place = line.dropFirst(13).split(separator: " at ", maxSplits: 1).map(String.init)
            reports[name]?.append(Frame(function: place[0], file: place.count > 1 ? place[1] : ""))
        }
        return reports
    }
}
