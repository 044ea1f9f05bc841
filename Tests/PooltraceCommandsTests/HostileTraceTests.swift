internal import Foundation
internal import PoolModel
internal import TestSupport
internal import Testing

/// Every view and every export of hostile traces; the page is looked at in `PageTests`.
@Suite struct HostileTraceTests {
    private func pooltrace(_ arguments: [String], width: Int = 80) async throws -> ChildResult {
        try await Child.run(
            BuiltProduct.path("pooltrace"), arguments, environment: ["COLUMNS": "\(width)", "LC_ALL": "C.UTF-8"])
    }

    @Test(arguments: zip(HostileTrace.all, HostileTrace.all.indices.map { [40, 80][$0 % 2] }))
    func `Nothing but lines of text reaches the output, and columns stay aligned`(hostile: HostileTrace, width: Int)
        async throws
    {
        try await withTemporaryDirectory { directory in
            try hostile.make().write(to: directory)
            let trace = directory.path
            for arguments in [
                ["view", trace], ["failures", trace], ["events", trace], ["stats", trace], ["critical-path", trace],
                ["tasks", trace, "--columns", "path,name,input,error"], ["diff", trace, trace],
            ] {
                let result = try await pooltrace(arguments, width: width)
                // Of `failures`, 2 says that there is one.
                let statuses: [ChildResult.Status] =
                    arguments[0] == "failures" ? [.exited(0), .exited(2)] : [.exited(0)]
                #expect(statuses.contains(result.status), "\(arguments): \(result.error)")
                let text = try #require(String(validating: result.outputBytes, as: UTF8.self), "\(arguments)")
                let lines = text.split(separator: "\n")
                for line in lines {
                    let unsafe = line.unicodeScalars.filter { !TerminalText.isSafe($0) }
                    #expect(unsafe.isEmpty, "\(arguments): \(line.debugDescription)")
                }
                // Reports and events are no tables: they are printed whole.
                let table =
                    switch arguments[0] {
                    case "failures", "events": ArraySlice<Substring>()
                    case "view": lines.prefix { !$0.hasPrefix("task ") }
                    default: lines[...]
                    }
                let wide = table.filter { TerminalText.width($0) > width && !$0.contains(trace) }
                #expect(wide.isEmpty, "\(arguments)")
                let edges = Set(
                    table.filter { $0.contains("│") }.map { line in
                        line.indices.filter { line[$0] == "│" }.map { TerminalText.width(line[..<$0]) }
                    })
                #expect(edges.count <= 1, "\(arguments): edges at \(edges)")
            }
        }
    }

    @Test(arguments: HostileTrace.all)
    func `Every format can be read by its own readers, and has the same counts`(hostile: HostileTrace) async throws {
        try await withTemporaryDirectory { directory in
            try hostile.make().write(to: directory)
            let trace = directory.path
            for arguments in [["view"], ["stats"], ["tasks"], ["critical-path"], ["diff", trace]] {
                let result = try await pooltrace(arguments + [trace, "--format", "json"])
                #expect(result.status == .exited(0), "\(arguments): \(result.error)")
                let document = try JSONSerialization.jsonObject(with: Data(result.outputBytes))
                #expect(document is [String: Any], "\(arguments)")
            }
            try await withTemporaryDirectory { out in
                func export(_ format: String) async throws -> String {
                    let file = out.path("out.\(format)")
                    let result = try await pooltrace(["export", "--to", format, trace, "-o", file])
                    try #require(result.status == .exited(0) && result.error.isEmpty, "\(result)")
                    return file
                }
                func data(_ format: String) async throws -> Data {
                    try Data(contentsOf: URL(filePath: await export(format)))
                }

                let counts = try await ExportCounts(json: JSONSerialization.jsonObject(with: data("json")))
                let csv = try #require(try await String(validating: data("csv"), as: UTF8.self))
                #expect(csv.unicodeScalars.allSatisfy { $0 == "\n" || TerminalText.isSafe($0) })
                #expect(try ExportCounts(csv: csv) == counts)
                let tasks = try await pooltrace(["tasks", trace, "--format", "csv"])
                #expect(tasks.output.split(separator: "\n").count == counts.tasks + 1)
                let database: [String: Any] = [
                    "database": try await export("sqlite"), "queries": ExportCounts.sqliteQueries,
                ]
                #expect(try await ExportCounts(answers: Oracle.ask("ask_sqlite.py", database)).withoutQueue == counts)
                let spans = try await Oracle.ask("ask_otlp.py", arguments: [export("otlp")])
                #expect(try ExportCounts(otlp: spans) == counts)
            }
        }
    }
}
