import Foundation
import TestSupport
import Testing

@Suite("Random damage")
struct RandomDamageTests {
    /// As many as suits the build: optimized code reads some hundred times faster.
    @Test(
        "Whatever is damaged: no trap, no endless work, little memory, and every event before the damage in its packet")
    func damages() async throws {
        let release = ProcessInfo.processInfo.environment["POOLTRACE_RELEASE_PRODUCTS"]
        let program = try release.map { "\($0)/damage-traces" } ?? BuiltProduct.path("damage-traces")
        let seed = UInt64.random(in: 0..<1 << 32)
        try await withTemporaryDirectory { folder in
            var stored = URL(fileURLWithPath: #filePath)
            for _ in 1...3 { stored.deleteLastPathComponent() }
            try FileManager.default.copyItem(
                atPath: stored.appending(path: "traces").path, toPath: folder.path("traces"))
            let arguments = [folder.path("traces"), folder.path("work"), release == nil ? "20" : "2000", "\(seed)"]
            // A reading that does not end is a failure, not a test that hangs.
            let result = try await Child.run("timeout", ["120", program] + arguments)
            #expect(result.status == .exited(0), "seed \(seed): \(result)")
        }
    }
}
