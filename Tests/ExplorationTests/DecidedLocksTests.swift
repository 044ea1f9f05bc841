import Exploration
import PoolModel
import TestSupport
import Testing

@Suite("Locks that are decision points")
struct DecidedLocksTests {
    @Test(
        "Those that a program's links leave within reach",
        arguments: [
            ([], Sentences.DecidedLocks.all), (["-static-stdlib"], .contended), (["-sanitize=thread"], .own),
            (["-static-executable"], .own),
        ])
    func links(options: [String], locks: Sentences.DecidedLocks) async throws {
        try await withTemporaryDirectory { folder in
            let source = try folder.write("print(1)\n", to: "main.swift")
            let program = folder.path("program")
            _ = try await Child.run(
                InstalledProgram.path("swiftc"), options + [source, "-o", program], in: folder.path,
                limit: .seconds(120)
            ).requireSuccess()
            #expect(Pinning.decidedLocks(of: program, findsRaces: false) == locks)
        }
    }
}
