import Foundation
import TestSupport
import Testing

/// What the documentation says of the tests.
@Suite("Documentation")
struct DocumentationTests {
    @Test("Every row of the tables for people who come from Python names a test that there is")
    func rowsHaveTests() throws {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let article = tests.deletingLastPathComponent().appending(
            path: "Sources/PoolTrace/PoolTrace.docc/ComingFromPython.md")
        var sources: [String: String] = [:]
        for case let file as URL in FileManager.default.enumerator(at: tests, includingPropertiesForKeys: nil)
            ?? .init()
        where file.pathExtension == "swift" {
            sources[file.deletingPathExtension().lastPathComponent] = try String(contentsOf: file, encoding: .utf8)
        }
        let rows = try String(contentsOf: article, encoding: .utf8).split(separator: "\n").filter {
            $0.hasPrefix("| ") && !$0.hasPrefix("| --- ") && !$0.hasPrefix("| Python |")
        }
        #expect(rows.count > 40)
        for row in rows {
            let test = try #require(row.split(separator: "|").last { !$0.allSatisfy(\.isWhitespace) })
            let parts = test.trimmingCharacters(in: .whitespaces).split(separator: ": ", maxSplits: 1)
            try #require(parts.count == 2, "no test in: \(row)")
            let source = try #require(sources[parts[0].trimmingCharacters(in: ["`"])], "no such file of tests: \(row)")
            let names =
                parts[0].hasSuffix("FeatureTests`") ? parts[1].components(separatedBy: ", ") : [String(parts[1])]
            for name in names { #expect(source.contains("\"\(name)\""), "no test \"\(name)\": \(row)") }
        }
    }
}
