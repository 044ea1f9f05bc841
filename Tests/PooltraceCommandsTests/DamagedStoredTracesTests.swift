internal import Foundation
internal import TestSupport
internal import Testing

/// The stored traces, cut and changed at random: every command ends by itself, within its memory, with a status that
/// its help documents.
@Suite("Damaged traces")
struct DamagedStoredTracesTests {
    private static let traces = [
        "beside-ring", "clean-ring", "failures-lttng", "failures-ring", "killed-ring", "lost-ring", "marks-ring",
        "version-1-ring", "wrapped-ring",
    ]
    /// For each trace and each kind of damage: two for each command, or a tenth of what `tools/check/fuzz/damage` is
    /// asked for.
    private static let rounds: Int = {
        let asked = ProcessInfo.processInfo.environment["POOLTRACE_DAMAGES"].flatMap { Int($0) }
        return asked.map { $0 / 10 / traces.count / Damage.allCases.count } ?? 14
    }()
    /// The address space that a command may use, in KiB.
    private static let memory = 1 << 20

    enum Damage: String, CaseIterable {
        case cut
        case changed
    }

    @Test("Commands end with a documented status", arguments: traces, Damage.allCases)
    func commandsEnd(trace: String, damage: Damage) async throws {
        var random = SystemRandomNumberGenerator()
        for round in 0..<Self.rounds {
            let seed = UInt64.random(in: 0 ... .max, using: &random)
            try await withTemporaryDirectory { folder in
                let copy = folder.path("trace")
                try FileManager.default.copyItem(atPath: Self.path(trace), toPath: copy)
                let what = try Self.damage(copy, damage, seed: seed)
                let commands = [
                    ["view"], ["failures"], ["events"], ["stats"], ["tasks", "--sort", "path"], ["critical-path"],
                    ["diff", Self.path(trace)],
                ]
                let limited = "ulimit -v \(Self.memory) && exec \"$0\" \"$@\""
                let result = try await Child.run(
                    "sh", ["-c", limited, BuiltProduct.path("pooltrace")] + commands[round % commands.count] + [copy])
                let expected: [ChildResult.Status] = [.exited(0), .exited(1), .exited(2), .exited(3)]
                #expect(expected.contains(result.status), "\(trace): \(what), seed \(seed): \(result)")
                // A diff that finds a difference has nothing to say on standard error.
                let isDifferent = commands[round % commands.count].first == "diff"
                #expect(
                    result.status != .exited(1) || isDifferent || !result.error.isEmpty,
                    "\(trace): \(what): says nothing")
                #expect(result.status != .exited(3) || !result.error.isEmpty, "\(trace): \(what): says nothing")
            }
        }
    }

    @Test("Random bytes are an error and nothing else: no view, no lint, no command to type next", arguments: traces)
    func randomBytes(trace: String) async throws {
        // The same in every run: now and then random bytes after the beginning of a packet are events.
        for kept in [0, 28] {
            var random = Generator(state: UInt64(kept) + 1)
            try await withTemporaryDirectory { folder in
                let copy = folder.path("trace")
                try FileManager.default.copyItem(atPath: Self.path(trace), toPath: copy)
                for name in try FileManager.default.subpathsOfDirectory(atPath: copy).sorted()
                where !name.hasSuffix("metadata") && !name.hasSuffix(".idx") {
                    let file = URL(fileURLWithPath: "\(copy)/\(name)")
                    guard let bytes = try? Data(contentsOf: file) else { continue }
                    let noise = (0..<max(0, bytes.count - kept)).map { _ in UInt8.random(in: 0...255, using: &random) }
                    try (bytes.prefix(kept) + noise).write(to: file)
                }
                let view = try await Child.run(BuiltProduct.path("pooltrace"), ["view", copy])
                #expect(view.status == .exited(1) && view.output == "", "\(kept): \(view)")
                #expect(view.error.contains("no run can be recognized in the readable rest"), "\(kept): \(view)")
            }
        }
    }

    private static func path(_ name: String) -> String {
        var url = URL(fileURLWithPath: #filePath)
        for _ in 1...3 { url.deleteLastPathComponent() }
        return url.appending(path: "traces/\(name)").path
    }

    /// Damages one file of a trace, as the seed says; what was done, in words.
    private static func damage(_ folder: String, _ damage: Damage, seed: UInt64) throws -> String {
        var random = Generator(state: seed)
        let enumerator = FileManager.default.enumerator(atPath: folder)
        let files = (enumerator?.allObjects as? [String] ?? []).sorted().filter {
            var isFolder: ObjCBool = false
            let exists = FileManager.default.fileExists(atPath: "\(folder)/\($0)", isDirectory: &isFolder)
            return exists && !isFolder.boolValue
        }
        let file = try #require(files.randomElement(using: &random))
        let path = "\(folder)/\(file)"
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        // Packets are mostly empty at their ends: half of the places are near the beginning.
        let end = Bool.random(using: &random) ? min(bytes.count, 4096) : bytes.count
        let place = Int.random(in: 0..<max(1, end), using: &random)
        switch damage {
        case .cut: bytes = bytes.prefix(place)
        case .changed where place < bytes.count: bytes[place] ^= UInt8.random(in: 1...255, using: &random)
        case .changed: break
        }
        try bytes.write(to: URL(fileURLWithPath: path))
        return "\(file) \(damage.rawValue) at byte \(place)"
    }

    /// SplitMix64: the same damage again for the seed that a failure prints.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }
}
