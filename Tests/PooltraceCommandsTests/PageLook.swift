internal import Foundation
internal import TestSupport
internal import Testing

/// What a page of `pooltrace view --html` was like in a browser without a network.
struct PageLook {
    /// What the script returned.
    var result: [String]
    var requests: [String]
    var errors: [String]
    var dialogs: [String]

    /// A page seen in several ways, and the reports of its trace as `pooltrace failures` prints them.
    typealias Seen = (looks: [PageLook], failures: String)

    /// Writes the page of a trace, and looks at it in several ways.
    static func take(_ writer: TraceWriter, _ pages: [[String: Any]]) async throws -> Seen {
        try await take(at: [writer], pages)[0]
    }

    /// The same for several traces, in one browser: that starts slowly.
    static func take(at writers: [TraceWriter], _ pages: [[String: Any]]) async throws -> [Seen] {
        try await withTemporaryDirectory { out in
            let program = try BuiltProduct.path("pooltrace")
            var asked: [[String: Any]] = []
            var failures: [String] = []
            for (place, writer) in writers.enumerated() {
                let trace = try TemporaryDirectory()
                try writer.write(to: trace)
                let page = out.path("\(place).html")
                let made = try await Child.run(program, ["view", trace.path, "--html", page])
                try #require(made.status == .exited(0) && made.error.isEmpty && made.output.isEmpty, "\(made)")
                asked += pages.map { $0.merging(["path": page]) { own, _ in own } }
                failures.append(try await Child.run(program, ["failures", trace.path]).output)
            }
            let answer = try #require(await Oracle.ask("ask_page.py", ["pages": asked]) as? [[String: Any]])
            let looks = answer.map { look in
                PageLook(
                    result: look["result"] as? [String] ?? [], requests: look["requests"] as? [String] ?? [],
                    errors: look["errors"] as? [String] ?? [], dialogs: look["dialogs"] as? [String] ?? [])
            }
            return failures.enumerated().map { place, failures in
                (Array(looks[(place * pages.count)..<((place + 1) * pages.count)]), failures)
            }
        }
    }

    /// A script that returns the texts of all elements that a selector finds.
    static func texts(_ selector: String) -> String {
        "return Array.from(document.querySelectorAll('\(selector)'), (each) => each.textContent)"
    }
}
