import TestSupport
import Testing

@testable import CTF

/// What lengths and tags refer to, in traces of single bytes without headers; babeltrace2 has to agree where it can.
@Suite("References between fields")
struct ReferenceTests {
    struct Sample: CustomTestStringConvertible, Sendable {
        var name: String
        var fields: String
        var bytes: [UInt8]
        /// The payload as it is shown.
        var expected: String
        var before = ""
        /// What babeltrace2 2.0.4 refuses or reads in another way is left out there.
        var hasOracle = true

        var testDescription: String { name }
    }

    static let samples = [
        Sample(name: "an underscore", fields: "u8 _n; u8 a[_n];", bytes: [2, 5, 6], expected: "n=2 a=[5 6]"),
        Sample(name: "two underscores", fields: "u8 __n; u8 a[__n];", bytes: [2, 5, 6], expected: "_n=2 a=[5 6]"),
        Sample(
            name: "a name in an underscored structure", fields: "struct { u8 _n; } _s; u8 a[_s._n];", bytes: [2, 5, 6],
            expected: "s={n=2} a=[5 6]"),
        Sample(
            name: "an absolute path", fields: "struct { u8 _n; } _s; u8 a[event.fields._s._n];", bytes: [2, 5, 6],
            expected: "s={n=2} a=[5 6]"),
        Sample(
            name: "the inner of two names", fields: "u8 n; struct { u8 n; u8 a[n]; } s; u8 b[n];",
            bytes: [1, 2, 5, 6, 7], expected: "n=1 s={n=2 a=[5 6]} b=[7]"),
        Sample(
            name: "a path through the structure around it", fields: "struct { u8 n; u8 a[s.n]; } s; u8 b[s.n];",
            bytes: [2, 5, 6, 7, 8], expected: "s={n=2 a=[5 6]} b=[7 8]"),
        Sample(
            name: "an absolute path through the structures around it",
            fields: "struct { u8 x; struct { u8 n; u8 a[event.fields.s.t.n]; } t; } s;", bytes: [1, 2, 5, 6],
            expected: "s={x=1 t={n=2 a=[5 6]}}"),
        Sample(
            name: "a path through an element around it is none of a structure",
            fields: "struct { u8 n; } s; struct { u8 n; u8 a[s.n]; } t[2];", bytes: [2, 0, 5, 6, 0, 7, 8],
            expected: "s={n=2} t=[{n=0 a=[5 6]} {n=0 a=[7 8]}]"),
        Sample(
            name: "a tag with an underscore, and an option",
            fields: "enum : u8 { A, _B } _t; variant <_t> { u8 A; u8 _B; } v;", bytes: [1, 5], expected: "t=1 v=B:5"),
        Sample(
            name: "a tag inside a structure",
            fields: "struct { enum : u8 { A, B } t; } s; variant <s.t> { u8 A; u8 B; } v;",
            bytes: [1, 5], expected: "s={t=1} v=B:5", hasOracle: false),
        Sample(
            name: "an absolute tag",
            fields: "struct { enum : u8 { A, B } t; variant <event.fields.s.t> { u8 A; u8 B; } v; } s;", bytes: [1, 5],
            expected: "s={t=1 v=B:5}", hasOracle: false),
        Sample(
            name: "the environment", fields: "u8 a[env.n];", bytes: [1, 2], expected: "a=[1 2]",
            before: "env { n = 2; };"),
        Sample(
            name: "a text of the environment as a tag",
            fields: "u8 x; variant <env.kind> { u8 A; struct { u8 n; u8 a[n]; } _B; string C; } v; u8 y;",
            bytes: [1, 2, 5, 6, 7],
            expected: "x=1 v=B:{n=2 a=[5 6]} y=7", before: "env { kind = \"_B\"; };", hasOracle: false),
        Sample(
            name: "a tag of the environment in elements of a sequence, in a trace with other tags",
            fields: "enum : u8 { A, B } t; u8 n; struct { variant <env.kind> { u8 A; string B; } v; } s[n]; "
                + "variant <t> { u8 A; u8 B; } w;", bytes: [1, 2, 65, 0, 66, 0, 9],
            expected: "t=1 n=2 s=[{v=B:'A'} {v=B:'B'}] w=B:9", before: "env { kind = \"B\"; };", hasOracle: false),
        Sample(
            name: "the stream's event context", fields: "u8 a[n];", bytes: [2, 5, 6], expected: "a=[5 6]",
            before: "stream { event.context := struct { u8 n; }; };", hasOracle: false),
        Sample(
            name: "the later of two scopes", fields: "u8 a[n];", bytes: [1, 2, 5, 6], expected: "a=[5 6]",
            before: "stream { packet.context := struct { u8 n; }; event.context := struct { u8 n; }; };",
            hasOracle: false),
        Sample(
            name: "the earlier scope, by its absolute path", fields: "u8 a[stream.packet.context.n];",
            bytes: [1, 2, 5],
            expected: "a=[5]",
            before: "stream { packet.context := struct { u8 n; }; event.context := struct { u8 n; }; };"),
        Sample(
            name: "a text of no length", fields: "u8 n; integer { size = 8; encoding = UTF8; } a[n]; string b; u8 c;",
            bytes: [0, 0, 7], expected: "n=0 a='' b='' c=7"),
        Sample(
            name: "characters that are no bytes are numbers",
            fields: "integer { size = 8; align = 1; encoding = UTF8; } a[2];", bytes: [65, 66], expected: "a=[65 66]"),
        Sample(
            name: "pointers", fields: "u8 * p; u8 q;", bytes: [171, 2], expected: "p=171 q=2",
            before: "typealias integer { size = 8; } := u8 *;"),
    ]

    @Test("Each reference finds the field that it means", arguments: samples)
    func reference(_ sample: Sample) async throws {
        let metadata = """
            /* CTF 1.8 */
            typealias integer { size = 8; } := u8;
            trace { major = 1; minor = 8; byte_order = le; };
            \(sample.before)
            event { name = e; id = 0; fields := struct { \(sample.fields) }; };
            """
        try await withTemporaryDirectory { folder in
            try folder.write(metadata, to: "trace/metadata")
            try folder.write(sample.bytes, to: "trace/stream")
            var seen: [String] = []
            var line = ""
            let cursor = try TraceSet(paths: [folder.path("trace")]).forEach { event in
                seen.append(
                    event.eventClass.fields.enumerated().map { position, field in
                        "\(field.name)=\(Self.text(event.payload.value(position)))"
                    }.joined(separator: " "))
                line = BabeltraceText.fields(event.payload, event.eventClass.fields)
            }
            #expect(seen == [sample.expected])
            #expect(cursor.problems.isEmpty, "\(cursor.problems)")
            guard sample.hasOracle else { return }
            let result = try await Child.run(
                InstalledProgram.path("babeltrace2"), ["--names=payload", "--fields=", folder.path("trace")],
                limit: .seconds(20)
            ).requireSuccess()
            #expect(result.lines.map { $0.hasSuffix(line) } == [true], "\(result.lines), ours \(line)")
        }
    }

    private static func text(_ value: Value) -> String {
        switch value {
        case .unsigned(let number, _), .enumeration(let number, _, _): "\(number)"
        case .signed(let number, _): "\(number)"
        case .float(let number): "\(number)"
        case .string(let bytes): "'\(String(decoding: bytes, as: UTF8.self))'"
        case .structure(let members): "{\(members.map { "\($0.name)=\(text($0.value))" }.joined(separator: " "))}"
        case .array(let values): "[\(values.map(text).joined(separator: " "))]"
        case .variant(let option, let chosen): "\(option):\(text(chosen))"
        case .boolean(let isTrue): "\(isTrue)"
        case .bits(let bytes, _, _), .blob(let bytes): "\(bytes)"
        case .missing: "missing"
        }
    }
}
