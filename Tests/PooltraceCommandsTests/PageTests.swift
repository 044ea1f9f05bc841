internal import Foundation
internal import PoolModel
internal import TestSupport
internal import Testing

/// The page of `pooltrace view --html`, in a browser without a network.
@Suite struct PageTests {
    @Test func `What the page counts are the trace's counts, and its reports are those of the process`() async throws {
        let (looks, failures) = try await PageLook.take(
            .everything(),
            [
                ["script": PageLook.texts("#summary dt, #summary dd")],
                ["script": PageLook.texts("#count, #failure-count")],
                ["script": PageLook.texts(".report summary, .report pre")],
                ["script": PageLook.texts(".line > :nth-child(2)")],
                ["script": PageLook.texts(".line > :nth-child(7)")], ["script": PageLook.texts("#lint-list strong")],
            ])
        #expect(
            looks[0].result == [
                "Tasks", "14", "Duration", "57.0 ms", "Workers", "2", "Succeeded", "9", "Failed", "2", "Cancelled", "1",
                "Not ended", "1", "Not started", "1", "Waits", "5", "Marks", "3", "Values",
                "1", "Spans", "2",
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

    @Test func `A chosen task shows what it said, and tasks are found by that`() async throws {
        let (looks, _) = try await PageLook.take(
            .everything(),
            [
                ["script": PageLook.texts("#details dd div"), "hash": "task=0"],
                ["script": PageLook.texts(".line > :nth-child(2)"), "hash": "search=Rows"],
            ])
        #expect(
            looks[0].result == [
                "parse 3.00 ms, 32.0 ms into the run", "read 1.00 ms, 32.5 ms into the run",
                "rows = 12.5, 32.6 ms into the run", "cache miss, 34.0 ms into the run",
            ])
        #expect(looks[1].result == ["main.1"])
        for look in looks { #expect(look.errors.isEmpty, "\(look)") }
    }

    @Test func `Keys choose, filter and zoom, and the address brings the same view back`() async throws {
        let address = "return [decodeURIComponent(location.hash)]"
        let (looks, _) = try await PageLook.take(
            .everything(),
            [
                ["script": PageLook.texts("#count"), "keys": ["f"]],
                ["script": PageLook.texts("#details h2"), "keys": ["n"]],
                ["script": address, "keys": ["f", "n"]],
                ["script": PageLook.texts("#details h2, #count"), "hash": "state=1&task=1"],
                ["script": PageLook.texts(".line > :nth-child(2)"), "hash": "sort=-run&search=main.1"],
                ["script": PageLook.texts("#count"), "hash": "least=4000000"],
                ["script": PageLook.texts("#count"), "hash": "from=43000000&to=45000000&window=1"],
                [
                    "script": PageLook.texts("#count"),
                    "hash": "run=9&task=x&state=77&sort=nothing&from=-5&to=1e99&worker=-1",
                ],
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

    @Test func `Hostile text is text: nothing runs, nothing is loaded, nothing is markup`() async throws {
        let pages = try await PageLook.take(
            at: HostileTrace.all.map { $0.make() },
            [
                [
                    "keys": ["n"],
                    "script": """
                    const told = Array.from(document.querySelectorAll('.report summary, .report pre'), (each) => each.textContent);
                    const made = Array.from(document.querySelectorAll('body *'), (each) => each.tagName.toUpperCase());
                    const text = document.body.innerText + document.title;
                    const added = document.createElement('script');
                    added.textContent = 'window.ran = true';
                    document.body.append(added);
                    return [told.join('\\n'), String(window.ran),
                        String(/[\\u202a-\\u202e\\u200b\\u0000-\\u0008\\u001b]/.test(text)),
                        ...made.filter((name) => ['IMG', 'SVG', 'STYLE', 'IFRAME'].includes(name))];
                    """,
                ]
            ])
        for (trace, (looks, failures)) in zip(HostileTrace.all, pages) {
            let look = looks[0]
            #expect(look.result == [failures, "undefined", "false"], "\(trace.testDescription)")
            // The script that was added is all that the page refused.
            let isRefused = look.errors.count == 1 && look.errors[0].contains("Content Security Policy")
            #expect(isRefused && look.requests.isEmpty && look.dialogs.isEmpty, "\(trace.testDescription): \(look)")
        }
    }

    /// `STORE_PAGES=DIRECTORY swift test --filter PageTests` writes pictures, to be looked at in both schemes.
    @Test(arguments: ["light", "dark"])
    func `Tasks inside others, async ones and idle workers are drawn without an error`(
        scheme: String
    ) async throws {
        var looks: [[String: Any]] = [
            ["scheme": scheme, "script": PageLook.texts("#summary dd")],
            ["scheme": scheme, "keys": ["n", "Enter"], "script": PageLook.texts("#details h2")],
            ["scheme": scheme, "keys": ["n", "n", "n", "Enter"], "script": PageLook.texts("#details h2")],
        ]
        if let folder = ProcessInfo.processInfo.environment["STORE_PAGES"] {
            for place in looks.indices { looks[place]["screenshot"] = "\(folder)/nested-\(scheme)-\(place).png" }
        }
        let (seen, _) = try await PageLook.take(.nested(), looks)
        #expect(seen[0].result == ["16", "300 ms", "9", "12", "3", "1", "3", "1"])
        #expect(seen[1].result == ["main.1.1"])
        #expect(seen[2].result == ["main.3"])
        for look in seen { #expect(look.errors.isEmpty && look.requests.isEmpty, "\(look)") }
    }

    @Test func `A page has filters of its own, so those of the command are wrong usage`() async throws {
        let program = try BuiltProduct.path("pooltrace")
        for options in [["--failed"], ["--format", "json"], ["--name", "x"]] {
            let result = try await Child.run(program, ["view", "x", "--html", "y"] + options)
            #expect(result.status == .exited(64), "\(result)")
        }
    }
}
