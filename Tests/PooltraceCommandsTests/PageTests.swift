internal import Foundation
internal import PoolModel
internal import TestSupport
internal import Testing

/// The page of `pooltrace view --html`, in a browser without a network.
@Suite struct PageTests {
    private struct Look {
        var result: [String]
        var requests: [String]
        var errors: [String]
        var dialogs: [String]
    }

    /// A page seen in several ways, and the reports of its trace as `pooltrace failures` prints them.
    private typealias Seen = (looks: [Look], failures: String)

    /// Writes the page of a trace, and looks at it in several ways.
    private func look(_ writer: TraceWriter, _ pages: [[String: Any]]) async throws -> Seen {
        try await look(at: [writer], pages)[0]
    }

    /// The same for several traces, in one browser: that starts slowly.
    private func look(at writers: [TraceWriter], _ pages: [[String: Any]]) async throws -> [Seen] {
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
                Look(
                    result: look["result"] as? [String] ?? [], requests: look["requests"] as? [String] ?? [],
                    errors: look["errors"] as? [String] ?? [], dialogs: look["dialogs"] as? [String] ?? [])
            }
            return failures.enumerated().map { place, failures in
                (Array(looks[(place * pages.count)..<((place + 1) * pages.count)]), failures)
            }
        }
    }

    /// The texts of all elements that a selector finds.
    private func texts(_ selector: String) -> String {
        "return Array.from(document.querySelectorAll('\(selector)'), (each) => each.textContent)"
    }

    @Test func `What the page counts are the trace's counts, and its reports are those of the process`() async throws {
        let (looks, failures) = try await look(
            .everything(),
            [
                ["script": texts("#summary dt, #summary dd")], ["script": texts("#count, #failure-count")],
                ["script": texts(".report summary, .report pre")], ["script": texts(".line > :nth-child(2)")],
                ["script": texts(".line > :nth-child(7)")], ["script": texts("#lint-list strong")],
            ])
        #expect(
            looks[0].result == [
                "Tasks", "14", "Duration", "57.0 ms", "Workers", "2", "Succeeded", "9", "Failed", "2", "Cancelled", "1",
                "Not ended", "1", "Not started", "1", "Waits", "5", "Marks", "2",
            ])
        #expect(looks[1].result == ["1 in 1 way", "14 tasks"])
        #expect(looks[2].result.joined(separator: "\n") == failures)
        #expect(
            looks[3].result.sorted() == [
                "main.1", "main.1.1", "main.1.2", "main.2", "main.3", "main.4", "main.5", "main.6[0]", "main.6[1]",
                "main.6[2]", "main.6[3]", "main.6[4]", "main.7", "main.8",
            ])
        #expect(looks[4].result.filter { $0 == "1.40 ms" }.count == 2, "\(looks[4].result)")
        #expect(looks[5].result.contains { $0.contains("main.3") || $0.contains("did not end") }, "\(looks[5].result)")
        for look in looks { #expect(look.errors.isEmpty && look.requests.isEmpty, "\(look)") }
    }

    @Test func `Keys choose, filter and zoom, and the address brings the same view back`() async throws {
        let address = "return [decodeURIComponent(location.hash)]"
        let (looks, _) = try await look(
            .everything(),
            [
                ["script": texts("#count"), "keys": ["f"]], ["script": texts("#details h2"), "keys": ["n"]],
                ["script": address, "keys": ["f", "n"]],
                ["script": texts("#details h2, #count"), "hash": "state=1&task=1"],
                ["script": texts(".line > :nth-child(2)"), "hash": "sort=-run&search=main.1"],
                ["script": texts("#count"), "hash": "least=4000000"],
                ["script": texts("#count"), "hash": "from=43000000&to=45000000&window=1"],
                ["script": texts("#count"), "hash": "run=9&task=x&state=77&sort=nothing&from=-5&to=1e99&worker=-1"],
                ["script": "return [String(document.getElementById('keys').open)]", "keys": ["?"]],
                ["script": "return [document.documentElement.dataset.theme]", "scheme": "dark"],
                ["script": "return [document.documentElement.dataset.theme]", "scheme": "dark", "keys": ["t"]],
            ])
        #expect(looks[0].result == ["2 of 14 tasks"])
        #expect(looks[1].result == ["main.2"])
        #expect(looks[2].result.first?.contains("task=") == true && looks[2].result.first?.contains("state=1") == true)
        #expect(looks[3].result.contains("2 of 14 tasks") && looks[3].result.contains("main.2"), "\(looks[3].result)")
        #expect(looks[4].result == ["main.1", "main.1.1", "main.1.2"])
        #expect(looks[5].result == ["3 of 14 tasks"])
        #expect(looks[6].result == ["3 of 14 tasks"])
        #expect(looks[7].result == ["14 tasks"])
        #expect(looks[8].result == ["true"])
        #expect(looks[9].result == ["dark"])
        #expect(looks[10].result == ["light"])
        for look in looks { #expect(look.errors.isEmpty && look.requests.isEmpty, "\(look)") }
    }

    private static let hostile: [TraceWriter.Value] =
        HostileTextTests.texts + [
            .text("</script><script>alert(1)</script>"), .text("<img src=http://x.test/ onerror=alert(1)>"),
            .text("<!--<script>"), .text("]]>--></style><svg onload=alert(1)>"), .text("__proto__"),
            .text(String(repeating: "<b>huge</b> ", count: 87_000)),
        ]

    @Test func `Hostile text is text: nothing runs, nothing is loaded, nothing is markup`() async throws {
        // As the tasks' name, the failure's input and message, and a mark.
        let traces = Self.hostile.map { hostile in
            var trace = TraceWriter()
            trace.begin(name: hostile)
            trace.run(1, worker: 1, from: 2, milliseconds: 40)
            trace.run(2, worker: 2, from: 2, milliseconds: 30, outcome: .failed)
            trace.fail(2, number: 1, at: 32, input: hostile, message: hostile)
            trace.add("mark", at: 33_000_000, .number(0), hostile)
            return trace
        }
        let pages = try await look(
            at: traces,
            [
                ["script": texts(".report summary, .report pre"), "keys": ["n"]],
                [
                    "script": """
                    const made = Array.from(document.querySelectorAll('body *'), (each) => each.tagName.toUpperCase());
                    const text = document.body.innerText + document.title;
                    const added = document.createElement('script');
                    added.textContent = 'window.ran = true';
                    document.body.append(added);
                    return [String(window.ran), String(/[\\u202a-\\u202e\\u200b\\u0000-\\u0008\\u001b]/.test(text)),
                        ...made.filter((name) => ['IMG', 'SVG', 'STYLE', 'IFRAME'].includes(name))];
                    """
                ],
            ])
        for (place, page) in pages.enumerated() {
            let (looks, failures) = page
            #expect(looks[0].result.joined(separator: "\n") == failures, "text \(place)")
            #expect(looks[0].errors.isEmpty && looks[0].requests.isEmpty && looks[0].dialogs.isEmpty, "\(looks[0])")
            #expect(looks[1].result == ["undefined", "false"], "text \(place)")
            let isRefused = looks[1].errors.count == 1 && looks[1].errors[0].contains("Content Security Policy")
            #expect(isRefused && looks[1].requests.isEmpty && looks[1].dialogs.isEmpty, "\(looks[1])")
        }
    }

    @Test func `A page has filters of its own, so those of the command are wrong usage`() async throws {
        let program = try BuiltProduct.path("pooltrace")
        for options in [["--failed"], ["--format", "json"], ["--name", "x"]] {
            let result = try await Child.run(program, ["view", "x", "--html", "y"] + options)
            #expect(result.status == .exited(64), "\(result)")
        }
    }
}
