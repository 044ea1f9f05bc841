import PoolSchedule
import TestSupport
import Testing

@testable import CTF

@Suite("The metadata language")
struct MetadataTests {
    private static let trace = "trace { major = 1; minor = 8; byte_order = le; };\n"

    /// The fields of an event made of some text.
    private func fields(_ text: String, before: String = "") throws -> [StructureClass.Member] {
        let text = Self.trace + before + "\nevent { name = e; fields := struct { \(text) }; };"
        return try #require(MetadataBuilder.build(Array(text.utf8)).events.first?.fields).members
    }

    @Test("Integers take their size, alignment, sign, order, base, encoding and clock")
    func integers() throws {
        let members = try fields(
            """
            integer { size = 0x20; } a; integer { size = 7; signed = true; byte_order = network; } b;
            integer { size = 8; align = 16; encoding = UTF8; base = hexadecimal; map = clock.c.value; } c;
            """, before: "clock { name = c; };")
        guard case .integer(let a) = members[0].fieldClass, case .integer(let b) = members[1].fieldClass,
            case .integer(let c) = members[2].fieldClass
        else {
            Issue.record("\(members)")
            return
        }
        #expect(
            a.bits == 32 && a.alignment == 8 && !a.isSigned && a.byteOrder == .little && a.base == 10 && a.clock == nil)
        #expect(b.bits == 7 && b.alignment == 1 && b.isSigned && b.byteOrder == .big)
        #expect(c.alignment == 16 && c.content == .text(.utf8) && c.base == 16 && c.clock == "c")
    }

    @Test("Aliases of several words, typedefs with dimensions and nested scopes name types")
    func aliases() throws {
        let before = """
            typealias integer { size = 64; } := unsigned long long;
            typedef unsigned long long pair[2], /* a comment */ single; // another
            struct point { unsigned long long x, y; } align(64);
            """
        let members = try fields("pair a; single b[3]; struct point p; const unsigned long long c;", before: before)
        guard case .array(let pair) = members[0].fieldClass, case .array(let three) = members[1].fieldClass,
            case .structure(let point) = members[2].fieldClass
        else {
            Issue.record("\(members)")
            return
        }
        #expect(pair.length == 2 && three.length == 3 && three.element.integer?.bits == 64)
        #expect(point.members.map(\.name) == ["x", "y"] && point.minimumAlignment == 64)
        #expect(members[3].fieldClass.integer?.bits == 64)
    }

    @Test("Enumerations count on from the last value, take ranges, negative values and quoted labels")
    func enumerations() throws {
        let members = try fields(
            "enum : integer { size = 8; signed = true; } { A, \"B b\" = -5 ... -2, C, D = 'x' } e;")
        guard case .enumeration(let type) = members[0].fieldClass else {
            Issue.record("\(members)")
            return
        }
        func labels(_ value: Int64) -> [String] { type.labels(of: UInt64(bitPattern: value)) }
        #expect(labels(0) == ["A"] && labels(-3) == ["B b"] && labels(-1) == ["C"] && labels(120) == ["D"])
        #expect(labels(1).isEmpty)
    }

    @Test("The environment, several clocks and a UUID are read")
    func blocks() throws {
        let text = """
            trace { major = 1; minor = 8; byte_order = be; uuid = "00112233-4455-6677-8899-aabbccddeeff"; };
            env { host = "a\\x41\\101\\n" "b"; number = -3; };
            clock { name = one; freq = 1000; offset_s = -1; offset = 5; precision = 2; absolute = TRUE; uuid = "x"; };
            clock { name = "two"; };
            stream { id = 4; };
            event { name = "x"; id = 1; stream_id = 4; loglevel = 13; model.emf.uri = "u"; };
            """
        let metadata = try MetadataBuilder.build(Array(text.utf8))
        #expect(metadata.byteOrder == .big && metadata.uuid?.first == 0 && metadata.uuid?.last == 0xFF)
        #expect(metadata.environment.map(\.value) == [.string("aAA\nb"), .integer(-3)])
        #expect(metadata.clocks.map(\.frequency) == [1000, 1_000_000_000] && metadata.clocks[0].offsetSeconds == -1)
        #expect(metadata.clocks[0].origin == .unixEpoch && metadata.events[0].logLevel == 13)
    }

    @Test("Texts may spell characters by their numbers in Unicode")
    func universalCharacters() throws {
        let text = Self.trace + "env { a = \"\\u00e9\\U0001F600x\\u0041\"; b = 5; };"
        let metadata = try MetadataBuilder.build(Array(text.utf8))
        #expect(metadata.environment.map(\.value) == [.string("é😀xA"), .integer(5)])
        let members = try fields("enum : integer { size = 8; } { \"\\u03b1\" = '\\u03b2' } e;")
        guard case .enumeration(let type) = members[0].fieldClass else {
            Issue.record("\(members)")
            return
        }
        #expect(type.labels(of: 0x3B2) == ["α"])
    }

    @Test(
        "A fault is reported with its line and column",
        arguments: [
            ("trace { major = 1 minor = 8; byte_order = le; };", 1, 19, "expected ';'"),
            ("trace { major = 1; minor = 9; byte_order = le; };", 1, 1, "version 1.8"),
            ("env { };", 1, 1, "expected a trace block"),
            (trace + "typealias integer { size = 65; } := x;", 2, 21, "from 1 to 64"),
            (trace + "typealias integer { align = 8; } := x;", 2, 11, "an integer's size"),
            (trace + "typealias integer { size = 8; align = 3; } := x;", 2, 31, "power of two"),
            (
                trace + "event { name = e; fields := struct { nothing x; }; };", 2, 38,
                "expected a type, found 'nothing'"
            ),
            (trace + "event { name = e; fields := struct { string x; string x; }; };", 2, 55, "declared twice"),
            (trace + "event { name = \"e; };", 2, 16, "expected a closing quote, found the end of the text"),
            (trace + "/* never", 2, 1, "expected '*/' at the end of this comment, found the end of the text"),
            (trace + "stream { id = 1; }; stream { id = 1; };", 2, 21, "declared twice"),
            (trace + "event { name = e; stream_id = 7; };\nstream { id = 0; };", 2, 1, "not declared"),
            (trace + "event { name = a; id = 1; };\nevent { name = b; id = 1; };", 3, 1, "two events"),
            (trace + "\n  \u{1}", 3, 3, "found byte 1"),
            (trace + "typealias integer { size = 99999999999999999999; } := x;", 2, 28, "at most 64 bits"),
            (trace + "typealias floating_point { exp_dig = 6; mant_dig = 11; } := x;", 2, 11, "8 and 24"),
            (trace + "event { name = e; fields := struct { string a[n]; }; };", 2, 45, "found 'n'"),
            (trace + "event { name = e; fields := struct { string a[env.n]; }; };", 2, 45, "'n' of the environment"),
            (
                trace + "env { n = 1; };\nevent { name = e; fields := struct { variant <env.n> { string A; } v; }; };",
                3, 38, "'n' of the environment to be the name of an option"
            ),
            (
                trace + "env { n = \"B\"; };\n"
                    + "event { name = e; fields := struct { variant <env.n> { string A; } v; }; };", 3, 38,
                "'n' of the environment to be the name of an option"
            ),
            (trace + "env { a = \"\\u00e\"; };", 2, 17, "expected 4 hexadecimal digits, found byte 34"),
            (trace + "env { a = \"\\U00110000\"; };", 2, 13, "expected a character of Unicode, found 0x110000"),
            (trace + "env { a = \"\\ud83d\"; };", 2, 13, "expected a character of Unicode, found 0xd83d"),
            (trace + "typealias integer { size = 8; map = clock.c.value; } := x;", 2, 31, "'c' is not declared"),
            (
                trace + "event { name = e; fields := struct { integer { size = 8; } a:3; }; };", 2, 61,
                "expected an integer with a size and an alignment of 1, found a bit-field"
            ),
            (trace + "event { name = e; };\nstream { id = 1; };\nstream { id = 2; };", 2, 1, "expected a stream_id"),
            (trace + "stream { id = 1; };\nstream { id = 2; };", 3, 1, "stream_id in the packet header"),
            (
                trace + "event { name = a; id = 1; };\n stream { };\nevent { name = b; id = 2; };", 3, 2,
                "expected an id in the event header"
            ),
            (
                trace + """
                    clock { name = a; }; clock { name = b; };
                    stream {
                        packet.context := struct { integer { size = 64; map = clock.a.value; } timestamp_begin; };
                        event.header := struct { integer { size = 64; map = clock.b.value; } timestamp; };
                    };
                    """, 3, 1, "two clocks, 'b' and 'a'"
            ),
        ])
    func faults(text: String, line: Int, column: Int, message: String) async throws {
        try await withTemporaryDirectory { folder in
            let path = try folder.write(text, to: "metadata")
            let error = #expect(throws: TraceError.self, "\(text)") { try TraceSet(paths: [folder.path]) }
            guard let error else { return }
            #expect(error.line == line && error.column == column, "\(text): \(error)")
            #expect(
                error.message.contains(message) && error.description.hasPrefix("\(path):\(line):\(column): "),
                "\(error)")
        }
    }

    @Test("Stars are words of a type's name, and what they name is shown as an address")
    func pointers() throws {
        let before = """
            typealias integer { size = 8; } := char;
            typealias integer { size = 64; } := const char *;
            typedef char * text; // the same one
            """
        let members = try fields("char * const a, b; char const *c; char d; text e;", before: before)
        #expect(members.map(\.name) == ["a", "b", "c", "d", "e"])
        #expect(members.map { $0.fieldClass.integer?.base } == [16, 16, 16, 10, 16])
        #expect(members.map { $0.fieldClass.integer?.bits } == [64, 64, 64, 8, 64])
    }

    @Test("A length may be a number of the environment, wherever that stands")
    func environmentLengths() throws {
        let members = try fields("string a[env.count][2];", before: "env { count = 3; };")
        guard case .array(let array) = members[0].fieldClass, case .array(let inner) = array.element else {
            Issue.record("\(members)")
            return
        }
        #expect(array.length == 3 && inner.length == 2)
    }

    @Test("Encodings have all their spellings; only characters of a whole byte are text")
    func encodings() throws {
        let names = ["UTF8", "utf8", "ASCII", "ascii", "\"UTF-8\"", "\"utf-8\"", "\"ASCII\"", "none"]
        for name in names {
            let members = try fields("integer { size = 8; encoding = \(name); } x; string { encoding = \(name); } y;")
            #expect(members[0].fieldClass.integer?.text == (name == "none" ? nil : .utf8), "\(name)")
        }
        let others = try fields(
            "integer { size = 8; align = 1; encoding = UTF8; } a; integer { size = 16; encoding = UTF8; } b;")
        #expect(others.allSatisfy { $0.fieldClass.integer?.text == nil })
    }

    @Test("Types nested without bound, by braces or by names, are refused")
    func depth() throws {
        let braces = String(repeating: "struct { ", count: 100_000)
        #expect(throws: MetadataError.self) { try fields(braces) }
        var names = "typealias integer { size = 8; } := t0;\n"
        for index in 1...200 { names += "struct s\(index) { \(index == 1 ? "t0" : "struct s\(index - 1)") a; };\n" }
        #expect(throws: MetadataError.self) { try fields("struct s200 x;", before: names) }
    }

    @Test("Types that use types twice, many levels deep, are refused before they fill the memory")
    func growth() async throws {
        var text = Self.trace + "struct s0 { string a; };\n"
        for level in 1...40 { text += "struct s\(level) { struct s\(level - 1) a, b; };\n" }
        text += "event { name = e; fields := struct { struct s40 x; }; };"
        try await withTemporaryDirectory { folder in
            try folder.write(text, to: "metadata")
            let error = #expect(throws: TraceError.self) { try TraceSet(paths: [folder.path]) }
            #expect(error?.message.contains("fields") == true, "\(String(describing: error))")
        }
    }

    @Test("Metadata in packets is read in both byte orders, and a broken packet is named", arguments: [true, false])
    func packets(isLittle: Bool) throws {
        let text = Array((Self.trace + "env { a = 1; };").utf8)
        func word(_ value: Int) -> [UInt8] {
            let bytes = (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
            return isLittle ? bytes : bytes.reversed()
        }
        func packet(_ part: ArraySlice<UInt8>) -> [UInt8] {
            word(0x75D1_1D57) + [UInt8](repeating: 9, count: 16) + word(0) + word((37 + part.count) * 8) + word(256 * 8)
                + [0, 0, 0, 1, 8] + part + [UInt8](repeating: 0, count: 256 - 37 - part.count)
        }
        let bytes = packet(text[..<20]) + packet(text[20...])
        #expect(MetadataFile.text(bytes, "m").0 == text)
        func problems(_ change: (inout [UInt8]) -> Void) -> (text: [UInt8], problems: [String]) {
            var changed = bytes
            change(&changed)
            let (text, problems) = MetadataFile.text(changed, "m")
            return (text, problems.map(\.description))
        }
        // A NUL stands for what is missing.
        let header = problems { $0.removeLast(250) }
        #expect(header.text == text[..<20] + [0])
        #expect(
            header.problems == [
                "m: packet 1 at byte 256: expected a header of 37 bytes, found 6 bytes; 6 bytes skipped"
            ])
        let content = problems { $0.removeLast(256 - 37 - 10) }
        #expect(content.text == text[..<30] + [0])
        #expect(
            content.problems.count == 1 && content.problems[0].hasSuffix("bytes of content, found 47"), "\(content)")
        // A scheme of checksums is none that the text needs; one of compression or encryption is.
        let checksum = problems { $0[34] = 1 }
        #expect(checksum.text == text && checksum.problems.isEmpty, "\(checksum)")
        let compressed = problems { ($0[256 + 32], $0[256 + 34]) = (2, 1) }
        #expect(compressed.text == text[..<20] + [0])
        #expect(
            compressed.problems == [
                "m: packet 1 at byte 256: expected no compression or encryption, found schemes 2 and 0; 256 bytes "
                    + "skipped"
            ])
        let magic = problems { $0[1] ^= 1 }
        #expect(magic.text == [0] + text[20...])
        #expect(magic.problems.count == 1 && magic.problems[0].hasSuffix("; 256 bytes skipped"), "\(magic)")
    }

    @Test("A directory without a trace is an error that names it")
    func noTrace() async throws {
        try await withTemporaryDirectory { folder in
            let error = #expect(throws: TraceError.self) { try TraceSet(paths: [folder.path]) }
            #expect(error?.path == folder.path && error?.message.contains("metadata") == true)
            #expect(throws: TraceError.self) { try TraceSet(paths: [folder.path("nothing")]) }
        }
    }

    @Test("Ticks become nanoseconds exactly and are rounded once, whatever the frequency and the offset")
    func clocks() {
        var generator = SplitMix64(seed: 1)
        for frequency in [1, 3, 999_999_937, 1_000_000_000, 1_000_000_001, 2_445_000_000, 1 << 40] as [UInt64] {
            for _ in 0..<1000 {
                let ticks = generator.next() >> (1 + generator.next() % 63)
                let offset = Int64(bitPattern: generator.next()) >> Int64(1 + generator.next() % 63)
                let conversion = ClockConversion(
                    Clock(id: "", frequency: frequency, offsetSeconds: 7, offset: offset))
                let sum = Int64(ticks) + offset
                let (high, low) = sum.magnitude.multipliedFullWidth(by: 1_000_000_000)
                guard high < frequency / 8 else { continue }
                let (quotient, rest) = frequency.dividingFullWidth((high, low))
                let exact = sum < 0 ? -Int64(quotient) - (rest > 0 ? 1 : 0) : Int64(quotient)
                let found = conversion.nanoseconds(ticks)
                #expect(found == 7_000_000_000 + exact, "\(ticks) and \(offset) at \(frequency)")
            }
        }
    }
}
