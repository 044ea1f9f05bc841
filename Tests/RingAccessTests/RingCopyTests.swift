import CTF
import CommandSystem
import Foundation
import Glibc
import RingAccess
import TestSupport
import Testing

@Suite("A copy of a ring")
struct RingCopyTests {
    private func count(_ path: String) throws -> Int {
        var count = 0
        let cursor = try TraceSet(paths: [path]).forEach { _ in count += 1 }
        #expect(cursor.problems.isEmpty)
        return count
    }

    @Test("has its events, and replaces nothing")
    func copy() async throws {
        try await withTemporaryDirectory { directory in
            let ring = try StoredRing("wrapped-ring", into: directory)
            let found = FolderRing.rings(in: ring.path)
            #expect(found.map(\.name) == [""])
            let output = directory.path("copy")
            #expect(try RingCopy(folder: output).copy(found[0].ring) == ring.headers().count)
            #expect(try count(output) == count(ring.path))
            let error = #expect(throws: SystemError.self) { try RingCopy(folder: output).copy(found[0].ring) }
            #expect(
                error?.description == "\(output): expected a new or empty directory, found one with files")
            #expect(try directory.contents().filter { $0.contains("making") } == [])
        }
    }

    @Test("is of what the process has, which a process without a ring has not")
    func processes() async throws {
        // Not this process: other tests in it record.
        try await Child.run("sleep", ["60"]) { child in
            let without = #expect(throws: SystemError.self) { try MemoryRing.rings(of: child.pid) }
            #expect(
                without?.description
                    == "process \(child.pid): no ring in memory; if it records into a directory, name the directory")
            child.send(SIGKILL)
        }
        let none = #expect(throws: SystemError.self) { try ProcessRings.of(Int32.max) }
        #expect(none?.description == "process \(Int32.max): no such process")
    }
}
