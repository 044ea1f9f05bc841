import Foundation
import PoolModel
import PoolRecorder
import TestSupport
import Testing

@Suite("A process that records")
struct ProcessTests {
    /// Without a session daemon `auto` opens nothing; the user's own is hidden from the program, the system's cannot
    /// be.
    static let lttngUses =
        FileManager.default.fileExists(atPath: "/var/run/lttng/lttng-ust-sock-8") ? ["off"] : ["auto", "off"]

    @Test("has no thread more than before", arguments: lttngUses)
    func noThread(lttng: String) async throws {
        try await withTemporaryDirectory { directory in
            let result = try await Child.run(
                try BuiltProduct.path("ring-writer"), ["idle", "it's", "--workers", "2"],
                environment: ["LTTNG_HOME": directory.path, "POOLTRACE_LTTNG": lttng]
            ).requireSuccess()
            #expect(result.lines.contains("threads 1") && result.lines.contains("on true"), "\(result)")
            // It does not take PoolTrace's options from its arguments, so they are its own.
            #expect(result.output.contains("idle 'it'\\''s' --workers 2\n"), "\(result)")
        }
    }

    @Test("writes nothing when recording is off")
    func off() async throws {
        try await withTemporaryDirectory { directory in
            let folder = directory.path("trace")
            let settings = ["RING": "off", "TRACE": folder]
            let result = try await Program.run(["idle"], settings: settings).requireSuccess()
            #expect(result.lines.contains("on false") && result.lines.contains("directory none"), "\(result)")
            #expect(try directory.contents() == [])
        }
    }

    @Test("says where it records, in files for its user alone")
    func folder() async throws {
        try await withTemporaryDirectory { directory in
            let folder = directory.path("trace")
            let result = try await Program.run(["idle"], settings: ["TRACE": folder]).requireSuccess()
            #expect(result.lines.contains("directory \(folder)"), "\(result)")
            for name in [""] + (try FileManager.default.contentsOfDirectory(atPath: folder)) {
                let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
                #expect(attributes[.posixPermissions] as? Int == (name.isEmpty ? 0o700 : 0o600), "\(name)")
            }
            let ring = try RingFolder(folder)
            #expect(ring.events.first?.name == "process_start")
            #expect(ring.events.last { $0.name == "process_end" }?.integers == [0])
        }
    }

    @Test("records beside another one of the same run, into a directory of its own")
    func shared() async throws {
        try await withTemporaryDirectory { directory in
            let folder = directory.path("trace")
            for _ in 1...3 {
                try await Program.run(["flood", "10", "1"], settings: ["TRACE": folder]).requireSuccess()
            }
            let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            let inner = names.filter { $0.hasPrefix("ring-writer-") }
            #expect(inner.count == 2, "\(names)")
            for path in [folder] + inner.map({ "\(folder)/\($0)" }) {
                #expect(try await RingFolder.countByBabeltrace(path) == RingFolder(path).events.count)
            }
        }
    }

    @Test("does not follow a symbolic link to a directory, and records into memory instead")
    func link() async throws {
        try await withTemporaryDirectory { directory in
            let (link, target) = (directory.path("link"), directory.path("target"))
            try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: false)
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
            let result = try await Program.run(["idle"], settings: ["TRACE": link]).requireSuccess()
            #expect(result.error.contains("symbolic link") && result.lines.contains("on true"), "\(result)")
            #expect(try directory.contents() == ["link", "target"])
        }
    }

    @Test("is alone in its trace: a forked child writes nothing, and ends nothing")
    func forked() async throws {
        try await withTemporaryDirectory { directory in
            let folder = directory.path("trace")
            let result = try await Program.run(["fork"], settings: ["TRACE": folder]).requireSuccess()
            #expect(result.output.contains("child 0\n"), "\(result)")
            let ring = try RingFolder(folder)
            #expect(ring.events.count { $0.name == "task_start" } == 2000)
            #expect(ring.events.count { $0.name == "process_end" } == 1)
            #expect(!ring.events.contains { $0.name == "mark" || ($0.name == "task_start" && $0.integers[1] == 2) })
            #expect(ring.faults() == [])
        }
    }

    @Test("knows its clock to 50 parts per million", arguments: ["tsc", "monotonic"])
    func clock(kind: String) async throws {
        // The best of some: what is measured here includes what else runs on the machine.
        var best = Double.infinity
        for _ in 1...5 where best > 50 {
            let result = try await Program.run(["clock"], settings: ["CLOCK": kind]).requireSuccess()
            let values = result.lines.compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }
            try #require(values.count == 3, "\(result)")
            best = min(best, max(values[0], values[1]))
            #expect(values[2] == 0, "\(result)")
        }
        #expect(best <= 50, "\(kind)")
    }

    @Test("cuts texts at a character, marks the cut, and keeps what is hostile as it is")
    func texts() async throws {
        try await withTemporaryDirectory { directory in
            let folder = directory.path("trace")
            try await Program.run(["texts"], settings: ["TRACE": folder]).requireSuccess()
            let ring = try RingFolder(folder)
            let marks = ring.events.filter { $0.name == "mark" }.map(\.texts[0])
            try #require(marks.count == 5)
            #expect(marks[0].hasSuffix("ä...") && marks[0].utf8.count == 4095 && !marks[0].contains("\u{FFFD}"))
            #expect(marks[1].hasSuffix("ä...") && marks[1].utf8.count == 4094 && !marks[1].contains("\u{FFFD}"))
            #expect(marks[2] == "\u{1B}[2J\nnew line" && marks[4] == "")
            #expect(marks[3].hasSuffix("\u{FFFD}...") && marks[3].unicodeScalars.count > 4000)
            let error = try #require(ring.events.first { $0.name == "task_error" })
            #expect(error.texts[1].hasSuffix("ä...") && error.integers.count == 14 + 128)
            #expect(try await RingFolder.countByBabeltrace(folder) == ring.events.count)
        }
    }
}

@Suite("Interning")
struct InterningTests {
    @Test(
        "gives a place and a name one number each, whoever asks, with recording off too, and bounds the names made at run time"
    )
    func numbers() async {
        let (first, other) = (place(1), place(2))
        #expect(first != 0 && other != 0 && first != other && place(1) == first)
        #expect(Recorder.site(first)?.line == 1 && Recorder.site(first)?.function == "work()")
        #expect(Recorder.site(0) == nil && Recorder.site(.max) == nil && Recorder.name(0) == nil)
        let name = Recorder.intern(name: "interning test")
        #expect(name == Recorder.intern(name: String("tset gninretni".reversed())) && name != 0)
        #expect(Recorder.name(name) == "interning test" && Recorder.intern(name: "" as String) == 0)
        // Other threads have caches of their own.
        let numbers = await withTaskGroup(of: UInt32.self) { group in
            for _ in 1...50 { group.addTask { place(1) } }
            return await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(numbers == [first])
    }

    @Test("Names beyond the bound are no names, and those below it keep their numbers")
    func bound() async throws {
        // In a process of its own, which it leaves without names.
        let result = try await Program.run(["names", "17000"])
        #expect(result.lines == ["1 0 1"] && result.succeeded, "\(result)")
    }
}

private func place(_ line: UInt32) -> UInt32 {
    Recorder.intern(site: "Tests/Place.swift", line: line, function: "work()")
}
