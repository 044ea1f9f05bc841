import Foundation
import TestSupport
import Testing

@Suite("The example with worker processes")
struct PixMeanTests {
    private static func picture(_ width: Int, _ height: Int, _ colour: [UInt8], pixels: Int? = nil) -> [UInt8] {
        Array("P6\n\(width) \(height)\n255\n".utf8)
            + (0..<(pixels ?? width * height)).flatMap { _ in colour }
    }

    private func look(
        _ files: [String: [UInt8]], environment: [String: String?] = [:]
    ) async throws -> ChildResult {
        try await withTemporaryDirectory { directory in
            for (name, bytes) in files { try directory.write(bytes, to: name) }
            return try await Child.run(
                BuiltProduct.path("pixmean"), files.keys.sorted(), environment: environment, in: directory.path)
        }
    }

    @Test("Good pictures are looked at, in any mode", arguments: ["parallel", "serial"])
    func good(mode: String) async throws {
        let result = try await look(
            ["a.ppm": Self.picture(40, 30, [255, 128, 9]), "b.ppm": Self.picture(1, 1, [0, 0, 0])],
            environment: ["POOLTRACE_MODE": mode])
        #expect(
            result.lines == ["a.ppm: 40 x 30, #ff8009", "b.ppm: 1 x 1, #000000", "read 2 of 2 pictures"],
            "\(result)")
        #expect(result.status == .exited(0) && result.error == "", "\(result)")
    }

    @Test("A picture that crashes the decoder is told with a report, and all others are looked at")
    func crash() async throws {
        var files = [
            "x-text.ppm": Array("no picture".utf8), "lies.ppm": Self.picture(640, 480, [1, 2, 3], pixels: 100),
        ]
        for number in 10..<30 { files["p\(number).ppm"] = Self.picture(number, 2, [7, 7, 7]) }
        let result = try await look(files)
        #expect(result.status == .exited(1), "\(result)")
        #expect(result.lines.count == 23, "\(result)")
        #expect(result.lines.first?.hasPrefix("lies.ppm: crashed worker process ") == true, "\(result)")
        for number in 10..<30 { #expect(result.lines.contains("p\(number).ppm: \(number) x 2, #070707"), "\(result)") }
        #expect(
            result.lines.suffix(2) == [
                "x-text.ppm: expected a binary PPM of 8 bits, found something else", "read 20 of 22 pictures",
            ], "\(result)")
        #expect(result.error.contains("task main.1 \"look\" failed: PoolTrace.WorkerDiedError"), "\(result)")
        #expect(result.error.contains("killed by signal"), "\(result)")
        #expect(result.error.contains("Index out of range") || result.error.contains("SIG"), "\(result)")
        #expect(result.error.contains("  input      lies.ppm\n"), "\(result)")
    }

    @Test("A file that is not there is told as what it is")
    func missing() async throws {
        let result = try await Child.run(BuiltProduct.path("pixmean"), ["/nonexistent.ppm"])
        #expect(
            result.lines == [
                "/nonexistent.ppm: cannot be read: No such file or directory", "read 0 of 1 pictures",
            ], "\(result)")
    }
}
