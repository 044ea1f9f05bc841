import Foundation
import TestSupport
import Testing

/// What the documentation says of the tests.
@Suite("Documentation")
struct DocumentationTests {
    private let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

    /// The sources of the tests, by the names of their files.
    private func sources() throws -> [String: String] {
        var sources: [String: String] = [:]
        for case let file as URL in FileManager.default.enumerator(at: tests, includingPropertiesForKeys: nil)
            ?? .init()
        where file.pathExtension == "swift" {
            sources[file.deletingPathExtension().lastPathComponent] = try String(contentsOf: file, encoding: .utf8)
        }
        return sources
    }

    /// The rows of an article's tables, without their heads.
    private func rows(of article: String) throws -> [Substring] {
        let file = tests.deletingLastPathComponent().appending(path: "Sources/PoolTrace/PoolTrace.docc/\(article).md")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        let isHead = zip(lines, lines.dropFirst()).map { $1.hasPrefix("| --- ") } + [false]
        return zip(lines, isHead).filter { $0.hasPrefix("| ") && !$0.hasPrefix("| --- ") && !$1 }.map(\.0)
    }

    @Test(
        "Every row of the tables for people who come from Python names a test that there is, or why there is none",
        arguments: [("ComingFromPython", 40), ("PythonsOwnTests", 100)])
    func rowsHaveTests(article: String, least: Int) throws {
        let sources = try sources()
        let rows = try rows(of: article)
        #expect(rows.count > least)
        for row in rows {
            let test = try #require(row.split(separator: "|").last { !$0.allSatisfy(\.isWhitespace) })
            let parts = test.trimmingCharacters(in: .whitespaces).split(separator: ": ", maxSplits: 1)
            try #require(parts.count == 2, "no test in: \(row)")
            if parts[0] == "does not apply", article == "PythonsOwnTests" { continue }
            let source = try #require(sources[parts[0].trimmingCharacters(in: ["`"])], "no such file of tests: \(row)")
            let names =
                parts[0].hasSuffix("FeatureTests`") ? parts[1].components(separatedBy: ", ") : [String(parts[1])]
            for name in names { #expect(source.contains("\"\(name)\""), "no test \"\(name)\": \(row)") }
        }
    }
}
