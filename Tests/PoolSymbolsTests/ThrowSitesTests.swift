import Foundation
import TestSupport
import Testing

/// The frames of throws in programs as they are shipped: `Tests/Programs/throw-sites`, built with and without
/// optimization.
@Suite("Frames of throws") struct ThrowSitesTests {
    /// How a program was built.
    enum Build: String, CaseIterable {
        /// By the package, together with the tests.
        case debug
        /// By the compiler's own optimization, here: its objects of the package are those of the tests.
        case optimized
        /// As debug, but stripped of its symbols and debug information afterwards.
        case stripped
    }

    @Test("have function, file and line", arguments: [Build.debug, .optimized])
    func lines(build: Build) async throws {
        let folder = try TemporaryDirectory()
        let result = try await Child.run(try await program(build, in: folder))
        try check(result.requireSuccess().lines, "\(build)")
    }

    /// `tools/test` names the folder of a release build.
    @Test(
        "have function, file and line in a release build of the package",
        .enabled(if: ProcessInfo.processInfo.environment["POOLTRACE_RELEASE_PRODUCTS"] != nil))
    func release() async throws {
        let folder = try #require(ProcessInfo.processInfo.environment["POOLTRACE_RELEASE_PRODUCTS"])
        try check(try await Child.run("\(folder)/throw-sites").requireSuccess().lines, "release")
    }

    @Test func `are there when the executable was moved or deleted meanwhile`() async throws {
        let folder = try TemporaryDirectory()
        for isDeleted in [false, true] {
            let copy = folder.path("throw-sites-\(isDeleted)")
            try FileManager.default.copyItem(atPath: try BuiltProduct.path("throw-sites"), toPath: copy)
            let result = try await Child.run(copy, [isDeleted ? "--delete" : "--move"])
            #expect(!FileManager.default.fileExists(atPath: copy))
            try check(result.requireSuccess().lines, "deleted: \(isDeleted)")
        }
    }

    @Test func `of a stripped executable name its module and offsets`() async throws {
        let folder = try TemporaryDirectory()
        let result = try await Child.run(try await program(.stripped, in: folder))
        let frames = try result.requireSuccess().lines.filter { $0.hasPrefix("frame ") }
        #expect(frames.contains { $0.hasPrefix("frame throw-sites-stripped+0x") }, "\(frames)")
        #expect(!frames.contains { $0.contains("main.swift") }, "\(frames)")
    }

    // MARK: - Building

    private func program(_ build: Build, in folder: TemporaryDirectory) async throws -> String {
        let path = folder.path("throw-sites-\(build)")
        switch build {
        case .debug: return try BuiltProduct.path("throw-sites")
        case .stripped:
            let strip = try InstalledProgram.path("strip")
            _ = try await Child.run(strip, ["-o", path, try BuiltProduct.path("throw-sites")]).requireSuccess()
        case .optimized:
            try await OptimizedProgram.build(
                "throw-sites", at: path, cModules: ["CPoolRecorder", "CEventTable", "CRealCalls", "CTerminal"])
        }
        return path
    }

    // MARK: - Checking

    private func check(_ lines: [String], _ build: String) throws {
        var cases: [(name: String, expected: [String], frames: [String])] = []
        for line in lines {
            let (word, rest) = split(line)
            switch word {
            case "case": cases.append((rest, [], []))
            case "expected": cases[cases.count - 1].expected.append(rest)
            case "frame": cases[cases.count - 1].frames.append(rest)
            default: Issue.record("\(build), \(cases.last?.name ?? "before any case"): \(line)")
            }
        }
        #expect(cases.count == 10, "\(build)")
        for (name, expected, frames) in cases {
            #expect(!expected.isEmpty)
            for (wanted, found) in zip(expected, frames) {
                #expect(found.hasPrefix(wanted + " "), "\(build), \(name): \(frames)")
                #expect(found.hasSuffix("Tests/Programs/throw-sites/main.swift"), "\(build), \(name): \(frames)")
            }
            #expect(frames.count > expected.count, "\(build), \(name): \(frames)")
        }
    }

    private func split(_ line: String) -> (String, String) {
        let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
        return (parts.first ?? "", parts.count > 1 ? parts[1] : "")
    }
}
