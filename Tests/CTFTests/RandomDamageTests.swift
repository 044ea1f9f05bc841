import Foundation
import TestSupport
import Testing

/// Random damages to the stored traces and to random ones, in CTF 1.8 and in CTF 2.
///
/// `tools/check/fuzz/damage` runs this test with more of them: `POOLTRACE_DAMAGES` is their number,
/// `POOLTRACE_DAMAGES_SEED` the seed of the first.
@Suite("Random damage")
struct RandomDamageTests {
    private static let environment = ProcessInfo.processInfo.environment
    /// Optimized code reads some hundred times faster.
    private static let release = environment["POOLTRACE_RELEASE_PRODUCTS"]
    private static let count =
        environment["POOLTRACE_DAMAGES"].flatMap { Int($0) } ?? (release == nil ? 20 : 2000)
    /// The same damages each time, so that a change is judged by what it changed; other ones are
    /// `tools/check/fuzz/damage`'s to find.
    private static let seed = environment["POOLTRACE_DAMAGES_SEED"].flatMap { UInt64($0) } ?? 3_917_383_260
    /// Seeds of the random traces: always the same, so that a round can be repeated by its seed alone.
    private static let generated: Range<UInt64> = 1..<61

    @Test(
        "Whatever is damaged: no trap, no endless work, little memory, and every event before the damage in its packet")
    func damages() async throws {
        let program = try Self.release.map { "\($0)/damage-traces" } ?? BuiltProduct.path("damage-traces")
        try await withTemporaryDirectory { folder in
            let traces = folder.path("traces")
            try FileManager.default.createDirectory(atPath: traces, withIntermediateDirectories: true)
            for path in StoredTraces.all {
                let name = URL(fileURLWithPath: path).lastPathComponent
                try FileManager.default.copyItem(atPath: path, toPath: "\(traces)/\(name)")
            }
            for version in [GeneratedTrace.Version.one, .two] {
                for trace in Self.generated.map({ GeneratedTrace(seed: $0, version: version) })
                where trace.files.contains(where: { $0.packets.contains { !$0.events.isEmpty } }) {
                    try trace.write(to: "\(traces)/generated-\(version)-\(trace.seed)")
                }
            }
            let arguments = [traces, folder.path("work"), "\(Self.count)", "\(Self.seed)"]
            // A reading that does not end is a failure, not a test that hangs.
            let result = try await Child.run(
                "timeout", ["\(60 + Self.count / 20)", program] + arguments,
                limit: .seconds(Int64(90 + Self.count / 20)))
            #expect(result.status == .exited(0), "seed \(Self.seed): \(result)")
            if Self.environment["POOLTRACE_DAMAGES"] != nil { print("seed \(Self.seed): \(result.output)") }
        }
    }
}
