import Foundation
import TestSupport
import Testing

/// What the documentation says of the tests, and of sources.
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
        let file = tests.deletingLastPathComponent().appending(path: "\(article).md")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        let isHead = zip(lines, lines.dropFirst()).map { $1.hasPrefix("| --- ") } + [false]
        return zip(lines, isHead).filter { $0.hasPrefix("| ") && !$0.hasPrefix("| --- ") && !$1 }.map(\.0)
    }

    @Test(
        "Every row of the tables for people who come from Python names a test that there is, or why there is none",
        arguments: [
            ("Sources/PoolTrace/PoolTrace.docc/ComingFromPython", 40), ("Tests/PythonsOwnTests", 100),
        ])
    func rowsHaveTests(article: String, least: Int) throws {
        let sources = try sources()
        let rows = try rows(of: article)
        #expect(rows.count > least)
        for row in rows {
            let test = try #require(row.split(separator: "|").last { !$0.allSatisfy(\.isWhitespace) })
            let parts = test.trimmingCharacters(in: .whitespaces).split(separator: ": ", maxSplits: 1)
            try #require(parts.count == 2, "no test in: \(row)")
            if parts[0] == "does not apply", article.hasPrefix("Tests") { continue }
            let source = try #require(sources[parts[0].trimmingCharacters(in: ["`"])], "no such file of tests: \(row)")
            let names =
                parts[0].hasSuffix("FeatureTests`") ? parts[1].components(separatedBy: ", ") : [String(parts[1])]
            for name in names { #expect(source.contains("\"\(name)\""), "no test \"\(name)\": \(row)") }
        }
    }

    /// A line of the sources of an example, `jsoncheck/JSONCheck.swift`.
    private func line(_ number: Substring, ofExample file: Substring) throws -> String {
        let url = tests.deletingLastPathComponent().appending(path: "Sources/Examples/\(file)")
        let lines = try String(contentsOf: url, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false)
        return String(try #require(Int(number).flatMap { lines.indices.contains($0 - 1) ? lines[$0 - 1] : nil }))
    }

    @Test("The tour's line numbers are those of the examples: a throw, a call of the frame above, a submission")
    func linesOfExamples() throws {
        let readme = try String(
            contentsOf: tests.deletingLastPathComponent().appending(path: "README.md"), encoding: .utf8)
        let frame = #/^ *(thrown )? *(.*\.)?(\w+)\([\w:]*\) at /tmp/pooltrace/Sources/Examples/(.*):(\d+)$/#
        /// What the line of the next frame calls: nothing is known of it after frames that are left out.
        var callee: String?
        var frames = 0
        for shown in readme.split(separator: "\n") {
            guard let match = shown.wholeMatch(of: frame) else {
                callee = nil
                continue
            }
            frames += 1
            let called = match.1 == nil ? callee.map { $0 + "(" } ?? "" : "throw "
            let source = try line(match.5, ofExample: match.4)
            #expect(called.isEmpty || source.contains(called), "\(shown)")
            callee = String(match.3)
        }
        #expect(frames > 5)
        let submitted = readme.matches(of: #/submitted +(?:by \w+ )?at ((?:jsoncheck|bugs)/\S+?):(\d+)/#)
        for match in submitted {
            let call = try line(match.2, ofExample: match.1)
            #expect(call.contains(#/\.(submit|execute|imap)\(/#), "\(match.0)")
        }
        #expect(submitted.count > 2)
    }

    @Test("Every public type of the library is in a topic of its documentation")
    func typesInTopics() throws {
        let root = tests.deletingLastPathComponent()
        let landing = try String(
            contentsOf: root.appending(path: "Sources/PoolTrace/PoolTrace.docc/PoolTrace.md"), encoding: .utf8)
        let declaration = #/(?m)^(?:@\S+ )*public (?:final )?(?:class|struct|enum|protocol|actor) (\w+)/#
        var count = 0
        for case let file as URL in FileManager.default.enumerator(
            at: root.appending(path: "Sources/PoolTrace"), includingPropertiesForKeys: nil) ?? .init()
        where file.pathExtension == "swift" {
            for match in try String(contentsOf: file, encoding: .utf8).matches(of: declaration) {
                count += 1
                #expect(landing.contains("- ``\(match.1)``"), "\(match.1)")
            }
        }
        #expect(count > 40)
    }
}
